package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

var notification = table{"notification", "notification", "Notification", true}

// notify writes whom to write to, as CSV and as a workbook for mail merge, where telephone numbers stay as they are.
func (w *writer) notify(ctx context.Context, db analysis.Engine, temp string) (err error) {
	w.progress.Tell(analysis.Step{Name: "Writing notification", File: notification.file})
	if err := exposedWords(ctx, db); err != nil {
		return fmt.Errorf("writing the notification file: %w", err)
	}
	channels, err := channels(ctx, db)
	if err != nil {
		return fmt.Errorf("writing the notification file: %w", err)
	}
	f, err := freeze(ctx, db, notification, strings.Replace(statement(notification.name), "/*channels*/", channels, 1))
	if err != nil {
		return err
	}
	return w.bind(ctx, volume{name: notification.file, folder: w.folder, temp: temp, sheets: []string{notification.sheet},
		rows: func(ctx context.Context, book *workbook, q queue) error { return w.lists(ctx, db, f, book, q) }})
}

// channels is a query for the ways to reach the persons of a part, one row for each of their own records.
func channels(ctx context.Context, db analysis.Engine) (string, error) {
	_, rows, err := fetch(ctx, db, statement("channel_fields"))
	if err != nil {
		return "", err
	}
	var objects []string
	fields := map[string]map[string][]string{}
	for _, row := range rows {
		object, channel := plain(row[0]), plain(row[2])
		if fields[object] == nil {
			fields[object] = map[string][]string{"name": quoted(plain(row[1]))}
			objects = append(objects, object)
		}
		fields[object][channel] = append(fields[object][channel], "nullif(trim(s."+analysis.Quote(plain(row[3]))+"), '')")
	}
	parts := []string{"SELECT NULL::INTEGER AS person, NULL::INTEGER AS record, '' AS name, '' AS email, '' AS phone, '' AS address, '' AS spoken WHERE false"}
	for _, object := range objects {
		f := fields[object]
		parts = append(parts, "SELECT pr.person, pr.record, "+first(f["name"])+", "+first(f["email"])+", "+first(f["phone"])+", "+together(f["address"])+", "+first(f["spoken"])+
			" FROM part JOIN analysis.person_record pr ON pr.person = part.key AND pr.holding = 'own'"+
			" JOIN analysis.record r ON r.id = pr.record AND r.object = "+analysis.Literal(object)+
			" JOIN snapshot."+analysis.Quote(object)+" s ON s.file = r.file AND s.line = r.line")
	}
	return strings.Join(parts, "\nUNION ALL "), nil
}

func quoted(name string) []string {
	if name == "" {
		return nil
	}
	return []string{"nullif(trim(s." + analysis.Quote(name) + "), '')"}
}

// first is the first of some values that is not empty.
func first(values []string) string {
	return "coalesce(" + strings.Join(append(slices.Clone(values), "''"), ", ") + ")"
}

// together joins the parts of an address.
func together(values []string) string {
	if len(values) == 0 {
		return "''"
	}
	return "concat_ws(', ', " + strings.Join(values, ", ") + ")"
}

// exposedWords gives the engine the categories in words.
func exposedWords(ctx context.Context, db analysis.Engine) error {
	_, err := db.ExecContext(ctx, `CREATE TEMP TABLE export_words (category VARCHAR, language VARCHAR, words VARCHAR, place INTEGER);
		CREATE TEMP TABLE export_languages (language VARCHAR)`)
	for i, c := range analysis.Categories() {
		for language, words := range c.Words {
			_, problem := db.ExecContext(ctx, "INSERT INTO export_words VALUES (?, ?, ?, ?)", c.Name, language, words, i)
			err = errors.Join(err, problem)
		}
	}
	_, problem := db.ExecContext(ctx, "INSERT INTO export_languages SELECT DISTINCT language FROM export_words")
	return errors.Join(err, problem)
}
