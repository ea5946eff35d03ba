package main

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// definition is a saved report or list view over Contact.
type definition struct {
	id, name, developer string
	columns             []string
	filters             [][2]string // column, values separated by commas
	from, to            string      // standard date filter on the creation date
}

// The names reports use for the standard columns of Contact.
var reportColumns = map[string]string{
	"LAST_NAME": "LastName", "FIRST_NAME": "FirstName", "EMAIL": "Email", "PHONE3": "MobilePhone", "BIRTHDATE": "Birthdate",
	"ADDRESS2_CITY": "MailingCity", "ADDRESS2_COUNTRY": "MailingCountry", "CREATED_DATE": "CreatedDate", "Contact.Tier__c": "Tier__c",
	"Contact.Gender__c": "Gender__c", "Contact.Occupation__c": "Occupation__c", "Contact.ClientNumber__c": "ClientNumber__c",
}

var reportColumnOrder = []string{"LAST_NAME", "FIRST_NAME", "EMAIL", "PHONE3", "BIRTHDATE", "ADDRESS2_CITY", "ADDRESS2_COUNTRY", "CREATED_DATE", "Contact.Tier__c", "Contact.Gender__c", "Contact.Occupation__c", "Contact.ClientNumber__c"}

var (
	salonList    = definition{id: newID("00O", 810_001), name: "살롱 초대 명단", developer: "Salon_invitations", columns: []string{"LAST_NAME", "FIRST_NAME", "EMAIL"}, filters: [][2]string{{"Contact.Tier__c", "Prestige"}, {"ADDRESS2_CITY", "부산"}}}
	salonChanged = definition{id: salonList.id, name: salonList.name, developer: salonList.developer, columns: []string{"LAST_NAME", "FIRST_NAME", "PHONE3", "BIRTHDATE", "EMAIL", "Contact.Tier__c"}, filters: [][2]string{{"Contact.Tier__c", "Prestige,Signature"}, {"ADDRESS2_CITY", "서울,제주"}}}
	birthdays    = definition{id: newID("00O", 810_002), name: "Prestige 생일 카드", developer: "Prestige_birthdays", columns: []string{"LAST_NAME", "FIRST_NAME", "BIRTHDATE", "PHONE3", "Contact.Occupation__c"}, filters: [][2]string{{"Contact.Tier__c", "Prestige"}}}
	quarterly    = definition{id: newID("00O", 810_004), name: "분기 캠페인 대상", developer: "Quarterly_mailing", columns: []string{"LAST_NAME", "EMAIL", "ADDRESS2_COUNTRY"}, filters: [][2]string{{"Contact.Tier__c", "Prestige,Signature,Classic"}}, from: "2023-01-01", to: "2025-12-31"}
	appointments = definition{id: newID("00O", 810_007), name: "Store appointments", developer: "Store_appointments", columns: []string{"LAST_NAME", "PHONE3"}, filters: [][2]string{{"ADDRESS2_CITY", "인천"}}}

	parisList = definition{id: newID("00B", 620_001), name: "프랑스 우수 고객", developer: "France_Prestige", columns: []string{"Name", "MobilePhone", "Email", "Tier__c"}, filters: [][2]string{{"MailingCountry", "France"}, {"Tier__c", "Prestige,Signature"}}}
	myList    = definition{id: newID("00B", 620_002), name: "내 고객", developer: "My_clients", columns: []string{"Name", "MobilePhone"}, filters: [][2]string{{"Tier__c", "Classic"}}}

	savedReports = []definition{salonList, birthdays, quarterly, appointments}
	savedLists   = []definition{parisList, myList}
)

type jsonObject = map[string]any

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (d definition) metadata() jsonObject {
	filters := []any{}
	for _, f := range d.filters {
		filters = append(filters, jsonObject{"column": f[0], "filterType": "fieldValue", "isRunPageEditable": true, "operator": "equals", "value": f[1]})
	}
	return jsonObject{
		"aggregates": []string{"RowCount"}, "chart": jsonObject{}, "crossFilters": []any{}, "currency": "KRW", "dashboardSetting": nil, "description": nil,
		"detailColumns": d.columns, "developerName": d.developer, "division": nil, "folderId": newID("00l", 31_000), "groupingsAcross": []any{},
		"groupingsDown": []any{}, "hasDetailRows": true, "hasRecordCount": true, "historicalSnapshotDates": []any{}, "id": d.id, "name": d.name,
		"presentationOptions": jsonObject{"hasStackedSummaries": true}, "reportBooleanFilter": nil, "reportFilters": filters, "reportFormat": "TABULAR",
		"reportType": jsonObject{"label": "Contacts & Accounts", "type": "ContactList"}, "scope": "organization", "showGrandTotal": true,
		"showSubtotals": true, "sortBy": []any{}, "standardDateFilter": jsonObject{"column": "CREATED_DATE", "durationValue": "CUSTOM", "startDate": nullable(d.from), "endDate": nullable(d.to)},
		"standardFilters": []any{}, "supportsRoleHierarchy": false, "userOrHierarchyFilterId": nil,
	}
}

func columnInfo(name string) jsonObject {
	kind := "string"
	switch name {
	case "BIRTHDATE":
		kind = "date"
	case "CREATED_DATE":
		kind = "datetime"
	}
	return jsonObject{"dataType": kind, "entityColumnName": "Contact." + reportColumns[name], "filterable": true, "isCustom": strings.Contains(name, "__c"), "label": reportColumns[name]}
}

// describeReport is the answer of the reports describe resource.
func (d definition) describeReport() jsonObject {
	detail, general := jsonObject{}, jsonObject{}
	for _, c := range d.columns {
		detail[c] = columnInfo(c)
	}
	for _, c := range reportColumnOrder {
		general[c] = columnInfo(c)
	}
	accountName := jsonObject{"dataType": "string", "entityColumnName": "Account.Name", "filterable": true, "isCustom": false, "label": "Name"}
	return jsonObject{
		"attributes":             jsonObject{"type": "Contacts & Accounts", "reportName": d.name},
		"reportExtendedMetadata": jsonObject{"aggregateColumnInfo": jsonObject{"RowCount": jsonObject{"label": "Record Count", "dataType": "int"}}, "detailColumnInfo": detail, "groupingColumnInfo": jsonObject{}},
		"reportMetadata":         d.metadata(),
		"reportTypeMetadata": jsonObject{
			"categories": []any{jsonObject{"label": "Contact: General", "columns": general}, jsonObject{"label": "Account: General", "columns": jsonObject{"ACCOUNT.NAME": accountName}}},
			"objects":    []any{jsonObject{"name": "Contact", "label": "Contacts", "joinType": "ROOT"}, jsonObject{"name": "Account", "label": "Accounts", "joinType": "OUTER"}},
		},
	}
}

func quoted(values string) []string {
	var out []string
	for _, v := range strings.Split(values, ",") {
		out = append(out, "'"+v+"'")
	}
	return out
}

// describeList is the answer of the list view describe resource.
func (d definition) describeList() jsonObject {
	columns, conditions, where := []any{}, []any{}, []string{}
	for _, c := range append(append([]string{}, d.columns...), "Id", "CreatedDate", "LastModifiedDate", "SystemModstamp") {
		hidden := c == "Id" || c == "SystemModstamp" || strings.HasSuffix(c, "Date")
		columns = append(columns, jsonObject{"fieldNameOrPath": c, "hidden": hidden, "label": c, "selectListItem": c, "sortDirection": nil, "sortIndex": nil, "sortable": true, "type": "string"})
	}
	for _, f := range d.filters {
		values := quoted(f[1])
		operator, text := "equals", f[0]+" = "+values[0]
		if len(values) > 1 {
			operator, text = "in", f[0]+" IN ("+strings.Join(values, ",")+")"
		}
		conditions = append(conditions, jsonObject{"field": f[0], "operator": operator, "values": values})
		where = append(where, text)
	}
	var condition any = jsonObject{"booleanOperator": "AND", "conditions": conditions}
	if len(conditions) == 1 {
		condition = conditions[0]
	}
	return jsonObject{
		"columns": columns, "id": d.id[:15], "developerName": d.developer, "label": d.name, "scope": "everything", "sobjectType": "Contact",
		"orderBy":        []any{jsonObject{"fieldNameOrPath": "Name", "nullsPosition": "first", "sortDirection": "ascending"}, jsonObject{"fieldNameOrPath": "Id", "nullsPosition": "first", "sortDirection": "ascending"}},
		"query":          "SELECT " + strings.ToLower(strings.Join(d.columns, ", ")) + ", id, createddate, lastmodifieddate, systemmodstamp FROM Contact WHERE " + strings.Join(where, " AND ") + " ORDER BY Name ASC NULLS FIRST, Id ASC NULLS FIRST",
		"whereCondition": condition,
	}
}

// exportText is the query string of a details-only export: the definition as it stood on the run page.
func (d definition) exportText() string {
	text, _ := json.Marshal(jsonObject{"reportMetadata": d.metadata()})
	return "?jsonFormat=api&isdtp=p1&enc=UTF-8&skipFooter=true&lexExport=true&export=Export&runReportJson=" + url.QueryEscape(string(text)) + "&xf=csv"
}

// fields are the API names the definition shows.
func (d definition) fields() []string {
	var out []string
	for _, c := range d.columns {
		if f, ok := reportColumns[c]; ok {
			c = f
		}
		out = append(out, c)
	}
	return out
}

// writeDefinitions puts what an administrator can describe into reports/.
func writeDefinitions(root string) error {
	dir := filepath.Join(root, "evidence", "reports")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, d := range savedReports {
		if err := writeJSON(filepath.Join(dir, "Report_"+d.id+".json"), d.describeReport()); err != nil {
			return err
		}
	}
	for _, d := range savedLists {
		if err := writeJSON(filepath.Join(dir, "ListView_"+d.id+".json"), d.describeList()); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
