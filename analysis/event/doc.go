// Package event brings the rows of every log into one common shape. What each column means is data (the mappings of
// package evidence); this package generates one INSERT per raw table from it, and fills the dimension tables that give
// accounts, addresses, user agents, apps, logins and session keys the integers which joins and partitions run on.
//
// An event is one log row: the same act told by two logs stays two events, for each is a line somebody may want to see.
// A row whose time cannot be read stays, with a NULL time, and so does one whose account nobody knows.
package event
