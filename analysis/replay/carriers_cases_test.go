package replay_test

const (
	job1   = "{750 1}"
	goldQL = "SELECT Id, Email FROM Contact WHERE Tier__c = 'Gold'"
)

var carriers = []carrier{
	{name: "a job whose text the log of downloads holds", log: `
		BulkApi2 +0 | JOB_ID={750 11} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | SESSION_KEY= | LOGIN_KEY=
		BulkApi2 +20 | JOB_ID={750 11} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=3
		BulkApiResultEventStore +25 | Query=` + goldQL,
		want: "soql acquired 3/3 matches e3 Contact replayed 1,2,5"},
	{name: "a job fetched in pages by a locator", log: `
		BulkApi2 +0 | JOB_ID={750 12} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		RestApi +0 | METHOD=POST | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query
		UniqueQuery +1 | QUERY_TYPE=soql | QUERY_IDENTIFIER=` + goldQL + `
		BulkApi2 +20 | JOB_ID={750 12} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=3
		RestApi +22 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query/{750 12}
		RestApi +25 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query/{750 12}/results
		RestApi +26 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query/{750 12}/results
		BulkApiResultEventStore +25 | Query=` + goldQL + `
		BulkApiResultEventStore +26 | Query=` + goldQL + `
		BulkApi2 +49 | JOB_ID={750 12} | JOB_STATUS=Deleted | OPERATION_TYPE=query | ENTITY_TYPE=Contact`,
		want: "soql acquired 3/3 matches e9 Contact replayed 1,2,5"},
	{name: "a job never fetched, of which requests tell", log: `
		BulkApi2 +0 | JOB_ID={750 13} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +1 | QUERY_TYPE=soql | QUERY_IDENTIFIER=` + goldQL + `
		BulkApi2 +20 | JOB_ID={750 13} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=3
		RestApi +22 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query/{750 13}`,
		want: "soql acquired 3/3 matches e4 Contact bounded 1,2,5", says: []string{"none for its results"}},
	{name: "a job aborted", log: `
		BulkApi2 +0 | JOB_ID={750 14} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +1 | QUERY_TYPE=soql | QUERY_IDENTIFIER=` + goldQL + `
		BulkApi2 +20 | JOB_ID={750 14} | JOB_STATUS=Aborted | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=0`,
		want: "soql acquired 0/3 superset e3 Contact bounded 1,2,5"},
	{name: "a job that failed", log: `
		BulkApi2 +0 | JOB_ID={750 15} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +1 | QUERY_TYPE=soql | QUERY_IDENTIFIER=` + goldQL + `
		BulkApi2 +20 | JOB_ID={750 15} | JOB_STATUS=Failed | OPERATION_TYPE=query | ENTITY_TYPE=Contact`,
		want: "soql acquired -/3 no-count e3 Contact bounded 1,2,5"},
	{name: "two jobs over one object in one minute", log: `
		BulkApi2 +0 | JOB_ID={750 16} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		BulkApi2 +2 | JOB_ID={750 17} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +10 | QUERY_TYPE=soql | QUERY_IDENTIFIER=` + goldQL + `
		UniqueQuery +11 | QUERY_TYPE=soql | QUERY_IDENTIFIER=SELECT Id FROM Contact WHERE Tier__c = 'Silver'
		BulkApi2 +20 | JOB_ID={750 16} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=2
		BulkApi2 +21 | JOB_ID={750 17} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=3`,
		want: "soql acquired -/3 no-count e3 Contact bounded 1,2,5\nsoql acquired -/2 no-count e3 Contact bounded 3,4", says: []string{"no log tells which query was whose"}},
	{name: "two jobs that count alike", log: `
		BulkApi2 +0 | JOB_ID={750 18} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		BulkApi2 +2 | JOB_ID={750 19} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +10 | QUERY_TYPE=soql | QUERY_IDENTIFIER=SELECT Id FROM Contact WHERE CustomerNumber__c < 'C003'
		UniqueQuery +11 | QUERY_TYPE=soql | QUERY_IDENTIFIER=SELECT Id FROM Contact WHERE Tier__c = 'Silver'
		BulkApi2 +20 | JOB_ID={750 18} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=2
		BulkApi2 +21 | JOB_ID={750 19} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=2`,
		want: `
			soql acquired 2/2 matches e3 Contact replayed 1,2
			soql acquired 2/2 matches e3 Contact replayed 3,4`},
	{name: "version 1, chunked by ids, two batches and the empty first", log: `
		BulkApi +0 | JOB_ID={750 20} | BATCH_ID={751 1} | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		BulkApi +1 | JOB_ID={750 20} | BATCH_ID={751 2} | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +1 | QUERY_TYPE=soql | QUERY_IDENTIFIER=SELECT Id, Email FROM Contact WHERE (Tier__c = 'Gold') AND Id >= 0035g0000000000 AND Id < 0035g0000000002
		UniqueQuery +2 | QUERY_TYPE=soql | QUERY_IDENTIFIER=SELECT Id, Email FROM Contact WHERE (Tier__c = 'Gold') AND Id >= 0035g0000000002
		BulkApi +10 | JOB_ID={750 20} | BATCH_ID={751 1} | OPERATION_TYPE=query | ENTITY_TYPE=Contact | ROWS_PROCESSED=1 | SUCCESS=1
		BulkApi +11 | JOB_ID={750 20} | BATCH_ID={751 2} | OPERATION_TYPE=query | ENTITY_TYPE=Contact | ROWS_PROCESSED=2 | SUCCESS=1
		BulkApiRequest +30 | JOB_ID={750 20} | BATCH_ID={751 1} | REQUEST_PATH=/services/async/61.0/job/{750 20}/batch/{751 1}/result/{752 1} | SUCCESS=1 | STATUS_CODE=200 | OPERATION_TYPE=query`,
		want: "soql acquired 3/3 matches e7 Contact replayed 1,2,5"},
	{name: "the same query thrice", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query | ENTITY_NAME=Contact | ROWS_PROCESSED=3 | QUERY=` + goldQL + `
		RestApi +2 | METHOD=GET | STATUS_CODE=500 | URI=/services/data/v61.0/query | ENTITY_NAME=Contact | QUERY=` + goldQL + `
		RestApi +4 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query | ENTITY_NAME=Contact | ROWS_PROCESSED=3 | QUERY=` + goldQL,
		want: "soql acquired 3/3 matches e1 Contact replayed 1,2,5\nsoql -/- count-only e1\nsoql acquired 3/3 matches e1 Contact replayed 1,2,5"},
	{name: "a page asked for under another session key", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query | ENTITY_NAME=Contact | ROWS_PROCESSED=2 | QUERY=` + goldQL + `
		RestApi +4 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query/01g5g00000NNC6TAAX-2 | ENTITY_NAME=Contact | ROWS_PROCESSED=1 | SESSION_KEY=another+key00001 | LOGIN_KEY=login/key/another`,
		want: `
			soql acquired 2/3 superset e1 Contact bounded 1,2,5
			soql acquired 3/3 matches e1 Contact bounded 1,2,5`, says: []string{"the first in another session"}},
	{name: "a page asked for in another session", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query | ENTITY_NAME=Contact | ROWS_PROCESSED=2 | QUERY=` + goldQL + `
		RestApi +4 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query/01g5g00000NNC6TAAX-4 | ENTITY_NAME=Contact | ROWS_PROCESSED=1 | SESSION_KEY=another+key00003 | LOGIN_KEY=login/key/another2`,
		want: `
			soql acquired 2/3 superset e1 Contact bounded 1,2,5
			soql acquired 5/6 not-understood e1 Contact reachable 1,2,3,4,5,6`},
	{name: "queryMore by SOAP", log: `
		API +0 | METHOD_NAME=query | ENTITY_NAME=Contact | ROWS_PROCESSED=2 | QUERY=` + goldQL + `
		API +4 | METHOD_NAME=queryMore | ENTITY_NAME=Contact | ROWS_PROCESSED=1`,
		want: "soql acquired 3/3 matches e2 Contact replayed 1,2,5"},
	{name: "composite: the rows of its parts", log: `
		RestApi +0 | METHOD=POST | STATUS_CODE=200 | URI=/services/data/v61.0/composite | REQUEST_ID=4rcomposite00000000001
		CompositeApi +0 | URI=/services/data/v61.0/composite | REQUEST_ID=4rcomposite00000000001
		CompositeApiSubrequest +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query?q=SELECT+Id,Email+FROM+Contact+WHERE+Tier__c+%3D+%27Gold%27 | REQUEST_ID=4rcomposite00000000001
		CompositeApiSubrequest +0.1 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact/{003 6}?fields=Id,Email | REQUEST_ID=4rcomposite00000000001
		CompositeApiSubrequest +0.2 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact/CustomerNumber__c/C003 | REQUEST_ID=4rcomposite00000000001
		RestApi +0.3 | METHOD=POST | STATUS_CODE=200 | URI=/services/data/v61.0/graphql | ENTITY_NAME=Case | REQUEST_ID=4rcomposite00000000001
		CompositeApiSubrequest +0.2 | METHOD=PATCH | STATUS_CODE=204 | URI=/services/data/v61.0/sobjects/Contact/{003 4} | REQUEST_ID=4rcomposite00000000001`,
		want: `
			soql acquired -/3 no-count e1 Contact bounded 1,2,5
			record acquired 1/1 recorded e1 Contact recorded 6
			record acquired -/1 no-count e1 Contact bounded 3
			record acquired -/3 not-understood e1 Case reachable 1,2,3`},
	{name: "composite whose parts are not logged", log: `
		RestApi +0 | METHOD=POST | STATUS_CODE=200 | URI=/services/data/v61.0/composite/batch | ENTITY_NAME=Contact | ROWS_PROCESSED=20`,
		want: `record acquired 20/6 not-understood e1 Contact reachable 1,2,3,4,5,6`},
	{name: "collections by ids", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/composite/sobjects/Contact | ENTITY_NAME=Contact | ROWS_PROCESSED=4
		RestApi +20 | METHOD=POST | STATUS_CODE=200 | URI=/services/data/v61.0/composite/sobjects/Contact | ENTITY_NAME=Contact | ROWS_PROCESSED=4
		RestApi +40 | METHOD=POST | STATUS_CODE=201 | URI=/services/data/v61.0/composite/tree/Contact | ENTITY_NAME=Contact | ROWS_PROCESSED=4
		RestApi +60 | METHOD=POST | STATUS_CODE=200 | URI=/services/data/v61.0/composite/sobjects | ENTITY_NAME=Contact | ROWS_PROCESSED=4
		RestApi +80 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/composite/sobjects/Contact?ids={003 1},{003 2}&fields=Id,Email | ENTITY_NAME=Contact | ROWS_PROCESSED=2`,
		want: `
			record acquired 1/1 recorded e1 Contact recorded 1
			record acquired 1/1 recorded e1 Contact recorded 2`},
	{name: "ui-api", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/ui-api/records/{003 1} | ENTITY_NAME=Contact | ROWS_PROCESSED=1
		RestApi +100 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/ui-api/record-ui/{003 2},{003 3} | ENTITY_NAME=Contact | ROWS_PROCESSED=2
		RestApi +200 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/ui-api/records/batch/{003 4},{003 5} | ENTITY_NAME=Contact | ROWS_PROCESSED=2
		RestApi +300 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/ui-api/layout/Contact
		RestApi +400 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/ui-api/list-records/{00B 1} | ENTITY_NAME=Contact | ROWS_PROCESSED=6
		RestApi +500 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/ui-api/list-records/Contact/AllContacts | ENTITY_NAME=Contact | ROWS_PROCESSED=6
		RestApi +600 | METHOD=POST | STATUS_CODE=200 | URI=/services/data/v61.0/ui-api/list-records/Contact/AllContacts | ENTITY_NAME=Contact | ROWS_PROCESSED=6
		RestApi +700 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/ui-api/lookups/Case/ContactId | ENTITY_NAME=Contact | ROWS_PROCESSED=5
		RestApi +800 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/ui-api/mru-list-records/Contact | ENTITY_NAME=Contact | ROWS_PROCESSED=5`,
		want: `
			record acquired 1/1 recorded e1 Contact recorded 1
			record acquired 1/1 recorded e1 Contact recorded 2
			record acquired 1/1 recorded e1 Contact recorded 3
			record acquired 1/1 recorded e1 Contact recorded 4
			record acquired 1/1 recorded e1 Contact recorded 5
			listview acquired 6/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			listview acquired 6/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			listview acquired 6/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			record acquired 5/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			listview acquired 5/6 not-understood e1 Contact reachable 1,2,3,4,5,6`},
	{name: "records by other ways", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact/{003 1} | ENTITY_NAME=Contact | ROWS_PROCESSED=1
		RestApi +100 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact/CustomerNumber__c/C004 | ENTITY_NAME=Contact | ROWS_PROCESSED=1
		RestApi +200 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact/updated | ENTITY_NAME=Contact | ROWS_PROCESSED=6
		RestApi +300 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact/deleted | ENTITY_NAME=Contact | ROWS_PROCESSED=0
		RestApi +400 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact/listviews/{00B 1}/results | ENTITY_NAME=Contact | ROWS_PROCESSED=6
		RestApi +500 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact/describe | ENTITY_NAME=Contact
		RestApi +600 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact | ENTITY_NAME=Contact | ROWS_PROCESSED=6
		RestApi +700 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/recent | ROWS_PROCESSED=6 | ENTITY_NAME=Contact`,
		want: `
			record acquired 1/1 recorded e1 Contact recorded 1
			record acquired 1/1 matches e1 Contact replayed 4
			record acquired 6/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			record -/- count-only e1
			listview acquired 6/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			listview acquired 6/6 not-understood e1 Contact reachable 1,2,3,4,5,6`},
	{name: "searches", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/parameterizedSearch | ENTITY_NAME=Contact | ROWS_PROCESSED=3
		RestApi +100 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/search | ROWS_PROCESSED=3 | ENTITY_NAME=Contact
		RestApi +200 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/search?q=FIND+%7BKim%7D+IN+ALL+FIELDS+RETURNING+Contact(Id,Email) | ROWS_PROCESSED=1 | ENTITY_NAME=Contact
		CompositeApiSubrequest +300 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/search?q=FIND+%7BKim%7D+RETURNING+Contact(Id,Email)
		API +400 | METHOD_NAME=search | ENTITY_NAME=Contact | ROWS_PROCESSED=2`,
		want: `
			sosl acquired -/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			sosl acquired -/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			sosl acquired -/1 no-count e1 Contact reachable 1
			sosl acquired -/1 no-count e1 Contact reachable 1
			soql acquired 2/6 not-understood e1 Contact reachable 1,2,3,4,5,6`},
	{name: "calls that return rows in ways of their own", log: `
		RestApi +0 | METHOD=POST | STATUS_CODE=200 | URI=/services/data/v61.0/graphql | ENTITY_NAME=Contact | ROWS_PROCESSED=4
		RestApi +100 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/connect/communities/0DB000000000001/search | ENTITY_NAME=Contact | ROWS_PROCESSED=2
		RestApi +200 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/named/query/GoldClients | ENTITY_NAME=Contact | ROWS_PROCESSED=3
		RestApi +300 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/chatter/feeds/record/{003 1}/feed-elements | ROWS_PROCESSED=1
		RestApi +400 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/limits`,
		want: `
			record acquired 4/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			sosl acquired -/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			soql acquired 3/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			record acquired 1/1 recorded e1 Contact recorded 1`},
	{name: "texts inside addresses", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query?q=SELECT%20Id%2C%20Email%20FROM%20Contact%20WHERE%20Tier__c%20%3D%20%27Gold%27 | ENTITY_NAME=Contact | ROWS_PROCESSED=3
		RestApi +60 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/queryAll/?q=SELECT+Id+FROM+Contact+WHERE+Tier__c='Gold' | ENTITY_NAME=Contact | ROWS_PROCESSED=3
		RestApi +120 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query?explain=SELECT+Id+FROM+Contact | ENTITY_NAME=Contact
		RestApi +180 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/tooling/query | QUERY=SELECT Id FROM ApexClass | ENTITY_NAME=ApexClass | ROWS_PROCESSED=30
		CompositeApiSubrequest +240 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query?q=SELECT+Id+FROM+Account+WHERE+Name+%3D+%27A%26B%27`,
		want: `
			soql acquired 3/3 matches e1 Contact replayed 1,2,5
			soql acquired 3/3 matches e1 Contact replayed 1,2,5
			soql -/- count-only e1
			soql acquired -/0 no-count e1`},
	{name: "files", log: `
		ContentTransfer +0 | TRANSACTION_TYPE=VersionDownloadApi | DOCUMENT_ID={069 1} | VERSION_ID={068 1} | SIZE_BYTES=100
		RestApi +100 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/ContentVersion/{068 2}/VersionData | ENTITY_NAME=ContentVersion | ROWS_PROCESSED=1
		RestApi +200 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Attachment/{00P 1}/Body | ENTITY_NAME=Attachment | ROWS_PROCESSED=1
		DocumentAttachmentDownloads +300 | ENTITY_ID={00P 2} | FILE_TYPE=pdf
		DocumentAttachmentDownloads +400 | ENTITY_ID={015 1} | FILE_TYPE=pdf
		FileEventStore +500 | FileAction=API_DOWNLOAD | DocumentId={069 3}
		RestApi +600 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/EmailMessage/{02s 1} | ENTITY_NAME=EmailMessage | ROWS_PROCESSED=1
		RestApi +700 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/connect/files/{069 1}/content | ROWS_PROCESSED=1
		URI +800 | URI=/sfc/servlet.shepherd/version/download/{068 1}
		URI +900 | URI=/servlet/servlet.FileDownload`,
		want: `
			record acquired 1/1 recorded e1 Contact replayed 1 ContentVersion recorded 1
			record acquired 1/1 recorded e1 ContentVersion recorded 2 EmailMessage replayed 1
			record acquired 1/1 recorded e1 Attachment recorded 1 Contact replayed 3
			record acquired 1/1 recorded e1 Attachment recorded 2 EmailMessage replayed 1
			record acquired 1/1 recorded e1 Document recorded 1
			record acquired 1/1 recorded e1 Case replayed 3 ContentDocument recorded 3
			record acquired 1/1 recorded e1 EmailMessage recorded 1
			record acquired 1/1 recorded e1 Contact replayed 1 ContentDocument recorded 1
			record acquired 1/1 recorded e1 Contact replayed 1 ContentVersion recorded 1`},
	{name: "Apex REST", log: `
		ApexRestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/apexrest/clients/* | ENTITY_NAME=Contact | ROWS_PROCESSED=3 | QUERY=` + goldQL + `
		ApexRestApi +100 | METHOD=GET | STATUS_CODE=200 | URI=/services/apexrest/clients/* | ENTITY_NAME=Contact | ROWS_PROCESSED=3 | QUERY=SELECT Id FROM Contact WHERE Id IN :ids AND Tier__c = 'Gold'
		ApexRestApi +200 | METHOD=GET | STATUS_CODE=200 | URI=/services/apexrest/clients/* | ENTITY_NAME=Contact | ROWS_PROCESSED=3
		ApexSoap +300 | CLASS_NAME=ClientService | METHOD_NAME=list | QUERY=` + goldQL + `
		ApexSoap +400 | CLASS_NAME=ClientService | METHOD_NAME=list
		ApexExecution +400 | ENTRY_POINT=ClientService.list | QUIDDITY=A | NUMBER_SOQL_QUERIES=2`,
		want: `
			soql acquired 3/3 matches e1 Contact replayed 1,2,5
			soql acquired 3/3 not-understood e1 Contact reachable 1,2,5
			record acquired 3/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			soql acquired -/3 no-count e1 Contact bounded 1,2,5
			record acquired -/19 not-understood e1 Account reachable 1,2 Attachment reachable 1,2 Case reachable 1,2,3 Contact reachable 1,2,3,4,5,6 ContentDocumentLink reachable 1,2,3 ContentVersion reachable 1,2 EmailMessage reachable 1`},
	{name: "pages", log: `
		LightningPageView +0 | PAGE_URL=/lightning/r/Contact/{003 1}/view | PAGE_ENTITY_ID={003 1} | PAGE_ENTITY_TYPE=Contact
		LightningPageView +100 | PAGE_URL=/lightning/r/Account/{001 1}/related/Contacts/view
		LightningPageView +200 | PAGE_URL=/lightning/r/{003 2}/related/Cases/view
		LightningInteraction +300 | UI_EVENT_SOURCE=reads | UI_EVENT_TYPE=crud | RECORD_ID=["{003 3}", "{003 4}"] | RECORD_TYPE=Contact
		LightningInteraction +400 | UI_EVENT_SOURCE=click | PAGE_ENTITY_ID={003 5} | PAGE_ENTITY_TYPE=Contact | PAGE_URL=/lightning/r/Contact/{003 5}/view
		URI +500 | URI=/{003 6} | URI_ID_DERIVED={003 6}
		URI +600 | URI=/{003 6}/e | URI_ID_DERIVED={003 6}
		VisualforceRequest +700 | PAGE_NAME=/apex/ClientCard | URI=/apex/ClientCard | QUERY=?id={003 1}&sfdc.override=1 | HTTP_METHOD=GET
		VisualforceRequest +800 | PAGE_NAME=/apex/AllClients | URI=/apex/AllClients | QUERY= | HTTP_METHOD=GET`,
		want: `
			record viewed 1/1 recorded e1 Contact recorded 1
			record viewed 1/1 recorded e1 Account recorded 1
			record viewed -/2 no-count e1 Contact bounded 1,2
			record viewed 1/1 recorded e1 Contact recorded 2
			record viewed -/1 no-count e1 Case bounded 2
			record viewed 1/1 recorded e1 Contact recorded 3
			record viewed 1/1 recorded e1 Contact recorded 4
			record viewed 1/1 recorded e1 Contact recorded 5
			record viewed 1/1 recorded e1 Contact recorded 6
			record viewed 1/1 recorded e1 Contact recorded 6
			record viewed 1/1 recorded e1 Contact recorded 1`},
	{name: "report runs", log: `
		Report +0 | REPORT_ID={00O 1} | ENTITY_NAME=Contact | ROW_COUNT=3 | NUMBER_COLUMNS=2 | ORIGIN=ReportRunFromLightning
		RestApi +100 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/analytics/reports/{00O 1}
		Report +100.2 | REPORT_ID={00O 1} | ENTITY_NAME=Contact | ROW_COUNT=3 | NUMBER_COLUMNS=2 | ORIGIN=ReportRunFromRestApi
		RestApi +200 | METHOD=POST | STATUS_CODE=200 | URI=/services/data/v61.0/analytics/reports/{00O 1}/instances
		AsyncReportRun +201 | REPORT_ID={00O 1} | ENTITY_NAME=Contact | ROW_COUNT=3 | NUMBER_COLUMNS=2 | ORIGIN=ReportRunFromRestApi
		RestApi +205 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/analytics/reports/{00O 1}/instances/{0LG 1}
		RestApi +300 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/analytics/reports/{00O 1}/describe`,
		want: `
			report viewed 3/3 matches e1 Contact replayed 1,2,5
			report acquired 3/3 matches e2 Contact replayed 1,2,5
			report acquired 3/3 matches e3 Contact bounded 1,2,5`},
	{name: "reports nobody described", log: `
		Report +0 | REPORT_ID={00O 9} | ENTITY_NAME=Contact | ROW_COUNT=3 | NUMBER_COLUMNS=2 | ORIGIN=ReportRunFromLightning
		MultiBlockReport +100 | MASTER_REPORT_ID={00O 8}
		Dashboard +200 | DASHBOARD_ID={01Z 1} | REPORT_ID={00O 9} | IS_SUCCESS=1 | DASHBOARD_TYPE=R
		Dashboard +230 | DASHBOARD_ID={01Z 1} | REPORT_ID={00O 7} | IS_SUCCESS=1 | DASHBOARD_TYPE=R
		Dashboard +260 | DASHBOARD_ID={01Z 2} | IS_SUCCESS=1 | DASHBOARD_TYPE=R
		RestApi +300 | METHOD=POST | STATUS_CODE=200 | URI=/services/data/v61.0/analytics/reports/query | ENTITY_NAME=Contact | ROWS_PROCESSED=4
		RestApi +400 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/analytics/reports`,
		want: `
			report viewed 3/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			report viewed -/19 not-understood e1 Account reachable 1,2 Attachment reachable 1,2 Case reachable 1,2,3 Contact reachable 1,2,3,4,5,6 ContentDocumentLink reachable 1,2,3 ContentVersion reachable 1,2 EmailMessage reachable 1
			report viewed -/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			report viewed -/19 not-understood e1 Account reachable 1,2 Attachment reachable 1,2 Case reachable 1,2,3 Contact reachable 1,2,3,4,5,6 ContentDocumentLink reachable 1,2,3 ContentVersion reachable 1,2 EmailMessage reachable 1
			report viewed -/19 not-understood e1 Account reachable 1,2 Attachment reachable 1,2 Case reachable 1,2,3 Contact reachable 1,2,3,4,5,6 ContentDocumentLink reachable 1,2,3 ContentVersion reachable 1,2 EmailMessage reachable 1
			report acquired -/6 not-understood e1 Contact reachable 1,2,3,4,5,6`},
	{name: "pages of a report and of dashboards nobody described", log: `
		LightningPageView +0 | PAGE_URL=/lightning/r/Report/{00O 6}/view | PAGE_ENTITY_ID={00O 6} | PAGE_ENTITY_TYPE=Report
		LightningPageView +300 | PAGE_URL=/lightning/r/Dashboard/{01Z 6}/view | PAGE_ENTITY_ID={01Z 6} | PAGE_ENTITY_TYPE=Dashboard
		LightningPageView +600 | PAGE_URL=/lightning/r/Dashboard/{01Z 1}/view | PAGE_ENTITY_ID={01Z 1} | PAGE_ENTITY_TYPE=Dashboard
		Report +640 | REPORT_ID={00O 1} | ENTITY_NAME=Contact | ROW_COUNT=3 | NUMBER_COLUMNS=2 | ORIGIN=DashboardComponentUpdated`,
		want: `
			report viewed -/19 not-understood e1 Account reachable 1,2 Attachment reachable 1,2 Case reachable 1,2,3 Contact reachable 1,2,3,4,5,6 ContentDocumentLink reachable 1,2,3 ContentVersion reachable 1,2 EmailMessage reachable 1
			report viewed -/19 not-understood e1 Account reachable 1,2 Attachment reachable 1,2 Case reachable 1,2,3 Contact reachable 1,2,3,4,5,6 ContentDocumentLink reachable 1,2,3 ContentVersion reachable 1,2 EmailMessage reachable 1
			report viewed 3/3 matches e1 Contact replayed 1,2,5`, says: []string{"no log tells which reports it showed"}},
	{name: "a dashboard refreshed", log: `
		Dashboard +0 | DASHBOARD_ID={01Z 1} | REPORT_ID={00O 1} | IS_SUCCESS=1 | DASHBOARD_TYPE=R
		AsyncReportRun +0.034 | DASHBOARD_ID={01Z 1} | REPORT_ID={00O 1} | ENTITY_NAME=Contact | ROW_COUNT=3 | NUMBER_COLUMNS=2 | ORIGIN=DashboardComponentUpdated | SESSION_KEY= | LOGIN_KEY= | CLIENT_IP= | REQUEST_ID=`,
		want: `report viewed 3/3 matches e2 Contact replayed 1,2,5`},
	{name: "a report in chunks, of which the first names records", log: `
		ReportEvent +0 | ReportId={00O 9} | ExecutionIdentifier=x1 | Sequence=1 | RowsProcessed=5 | NumberOfColumns=2 | QueriedEntities=Contact | Operation=ReportExported | ExportFileFormat=CSV | Records={"totalSize":2,"rows":[{"datacells":["{003 1}","Kim"]},{"datacells":["{003 2}","Lee"]}]} | ColumnHeaders=[Contact.Id, Contact.LastName]
		ReportEvent +1 | ReportId={00O 9} | ExecutionIdentifier=x1 | Sequence=2 | RowsProcessed=5 | NumberOfColumns=2 | QueriedEntities=Contact | Operation=ReportExported | ExportFileFormat=CSV | ColumnHeaders=[Contact.Id, Contact.LastName]`,
		want: `report acquired 5/6 not-understood e2 Contact reachable 3,4,5,6 Contact recorded 1,2`},
	{name: "a report in chunks that name all records", log: `
		ReportEvent +0 | ReportId={00O 9} | ExecutionIdentifier=x1 | Sequence=1 | RowsProcessed=3 | NumberOfColumns=2 | QueriedEntities=Contact | Operation=ReportExported | ExportFileFormat=CSV | Records={"totalSize":2,"rows":[{"datacells":["{003 1}","Kim"]},{"datacells":["{003 2}","Lee"]}]} | ColumnHeaders=[Contact.Id, Contact.LastName]
		ReportEvent +1 | ReportId={00O 9} | ExecutionIdentifier=x1 | Sequence=2 | RowsProcessed=3 | NumberOfColumns=2 | QueriedEntities=Contact | Operation=ReportExported | ExportFileFormat=CSV | Records={"totalSize":1,"rows":[{"datacells":["{003 3}","Park"]}]} | ColumnHeaders=[Contact.Id, Contact.LastName]`,
		want: `report acquired 3/3 recorded e2 Contact recorded 1,2,3`},
	{name: "a report that names owners only", log: `
		ReportEvent +0 | ReportId={00O 9} | ExecutionIdentifier=x3 | Sequence=1 | RowsProcessed=1 | NumberOfColumns=2 | QueriedEntities=Contact | Operation=ReportExported | ExportFileFormat=CSV | Records={"totalSize":1,"rows":[{"datacells":["{001 1}","Kim"]}]} | ColumnHeaders=[Contact.Account.Id, Contact.LastName]`,
		want: `report acquired 1/7 not-understood e1 Account recorded 1 Contact reachable 1,2,3,4,5,6`},
	{name: "an unsaved report", log: `
		ReportEvent +0 | ExecutionIdentifier=x2 | Sequence=1 | RowsProcessed=4 | NumberOfColumns=2 | QueriedEntities=Contact | Operation=ReportRunFromLightning | ColumnHeaders=[Contact.LastName, Contact.Email]`,
		want: `report viewed 4/6 not-understood e1 Contact reachable 1,2,3,4,5,6`},
	{name: "list views", log: `
		LightningPageView +0 | PAGE_URL=/lightning/o/Contact/list?filterName={00B 5} | PAGE_ENTITY_TYPE=Contact
		UniqueQuery +1 | QUERY_TYPE=filter | QUERY_IDENTIFIER={00B 5}
		RestApi +100 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact/listviews/{00B 5}/results | ENTITY_NAME=Contact | ROWS_PROCESSED=3
		ListViewEvent +200 | RowsProcessed=3 | QueriedEntities=Contact | Scope=Everything | ExecutionIdentifier=y1 | FilterCriteria={"whereCondition":{"field":"Tier__c","operator":"equals","values":["'Gold'"]}}
		ListViewEvent +300 | RowsProcessed=3 | QueriedEntities=Contact | Scope=Mine | ExecutionIdentifier=y2 | FilterCriteria={"whereCondition":{"field":"Tier__c","operator":"weird","values":["'Gold'"]}}
		RestApi +400 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/sobjects/Contact/listviews/{00B 5}/describe
		LightningPageView +500 | PAGE_URL=/lightning/o/Contact/list | PAGE_ENTITY_TYPE=Contact`,
		want: `
			listview viewed -/3 no-count e2 Contact bounded 1,2,5
			listview acquired 3/3 matches e1 Contact replayed 1,2,5
			listview viewed 3/3 matches e1 Contact replayed 1,2,5
			listview viewed 3/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			listview viewed -/6 not-understood e1 Contact reachable 1,2,3,4,5,6`},
	{name: "a page asked for under another session key of the same login", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query | ENTITY_NAME=Contact | ROWS_PROCESSED=2 | QUERY=` + goldQL + `
		RestApi +4 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query/01g5g00000NNC6TAAX-2 | ENTITY_NAME=Contact | ROWS_PROCESSED=1 | SESSION_KEY=another+key00002`,
		want: `soql acquired 3/3 matches e2 Contact replayed 1,2,5`},
	{name: "batches of a query in real time", log: `
		ApiEvent +0 | ApiType=SOAP Partner | Operation=Query | QueriedEntities=Contact | RowsProcessed=3 | RowsReturned=2 | Query=` + goldQL + ` | Records={"totalSize":2,"done":false,"records":[],"recordIds":["{003 1}","{003 2}"]}
		ApiEvent +2 | ApiType=SOAP Partner | Operation=QueryMore | QueriedEntities=Contact | RowsProcessed=3 | RowsReturned=1 | Query=` + goldQL + ` | Records={"totalSize":1,"done":true,"records":[],"recordIds":["{003 5}"]}`,
		want: `soql acquired 3/3 recorded e2 Contact recorded 1,2,5`},
	{name: "a query blocked by policy", log: `
		ApiEvent +0 | ApiType=REST | Operation=Query | QueriedEntities=Contact | RowsProcessed=3 | RowsReturned=3 | PolicyOutcome=Block | Query=` + goldQL + `
		ApiEvent +60 | ApiType=REST | Operation=Query | QueriedEntities=Contact | RowsProcessed=-1 | RowsReturned=-1 | PolicyOutcome=NoAction | Query=` + goldQL,
		want: `soql acquired -/3 no-count e1 Contact bounded 1,2,5`},
	{name: "event log objects", log: `
		RestApiEventLog +0 | Uri=/services/data/v61.0/query | Method=GET | StatusCode=200 | ObjectName=Contact | RowsProcessed=3 | RequestIdentifier=4relo0000000000000001
		UniqueQueryEventLog +0.1 | QueryType=soql | QueryIdentifier=` + goldQL + ` | RequestIdentifier=4relo0000000000000001
		BulkApi2EventLog +100 | JobIdentifier={750 60} | JobStatus=UploadComplete | OperationType=query | ObjectType=Contact
		UniqueQueryEventLog +101 | QueryType=soql | QueryIdentifier=SELECT Id FROM Contact WHERE Tier__c = 'Silver'
		BulkApi2EventLog +130 | JobIdentifier={750 60} | JobStatus=JobComplete | OperationType=query | ObjectType=Contact | ProcessedRecordCount=2`,
		want: `
			soql acquired 3/3 matches e2 Contact replayed 1,2,5
			soql acquired 2/2 matches e3 Contact replayed 3,4`},
	{name: "a job deleted, its text nowhere", log: `
		BulkApi2 +0 | JOB_ID={750 61} | JOB_STATUS=UploadComplete | OPERATION_TYPE=queryAll | ENTITY_TYPE=Contact
		BulkApi2 +10 | JOB_ID={750 61} | JOB_STATUS=JobComplete | OPERATION_TYPE=queryAll | ENTITY_TYPE=Contact | RECORDS_PROCESSED=6
		BulkApi2 +34 | JOB_ID={750 61} | JOB_STATUS=Deleted | OPERATION_TYPE=queryAll | ENTITY_TYPE=Contact`,
		want: `soql acquired 6/6 not-understood e3 Contact reachable 1,2,3,4,5,6`},
	{name: "an old log without texts or objects", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v34.0/query | ROWS_PROCESSED=6`,
		want: `soql acquired 6/19 not-understood e1 Account reachable 1,2 Attachment reachable 1,2 Case reachable 1,2,3 Contact reachable 1,2,3,4,5,6 ContentDocumentLink reachable 1,2,3 ContentVersion reachable 1,2 EmailMessage reachable 1`},
	{name: "texts in other forms", log: `
		RestApi +0 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/query | ENTITY_NAME=Contact | ROWS_PROCESSED=3 | QUERY=SELECT+Id%2C+Email+FROM+Contact+WHERE+CreatedDate+%3C+2025-08-08T00%3A00%3A00%2B09%3A00+AND+Tier__c+%3D+%27Gold%27+--+all%0A
		API +100 | METHOD_NAME=search | ENTITY_NAME=Contact | ROWS_PROCESSED=1 | QUERY=FIND {Kim} RETURNING Contact(Id)
		UniqueQuery +200 | QUERY_IDENTIFIER={00B 5} | QUERY_TYPE=
		UniqueQuery +300 | QUERY_IDENTIFIER={00O 1} | QUERY_TYPE=
		ApexRestApi +400 | METHOD=GET | STATUS_CODE=200 | URI=/services/apexrest/x | ENTITY_NAME=Contact | ROWS_PROCESSED=2 | QUERY=?tier=Gold`,
		want: `
			soql acquired 3/3 matches e1 Contact replayed 1,2,5
			sosl acquired -/1 no-count e1 Contact reachable 1
			listview viewed -/3 no-count e1 Contact bounded 1,2,5
			report viewed -/3 no-count e1 Contact bounded 1,2,5
			soql acquired 2/6 not-understood e1 Contact reachable 1,2,3,4,5,6`},
	{name: "calls only the count of calls shows", log: `
		ApiTotalUsage +0 | API_FAMILY=REST | API_RESOURCE=/v61.0/query | HTTP_METHOD=GET | STATUS_CODE=200 | ENTITY_NAME=Contact
		ApiTotalUsage +100 | API_FAMILY=REST | API_RESOURCE=/v61.0/sobjects/Contact/{003 1} | HTTP_METHOD=GET | STATUS_CODE=200 | ENTITY_NAME=Contact
		ApiTotalUsage +200 | API_FAMILY=REST | API_RESOURCE=/v61.0/graphql | HTTP_METHOD=POST | STATUS_CODE=200
		ApiTotalUsage +300 | API_FAMILY=SOAP | API_RESOURCE=query | STATUS_CODE=200 | ENTITY_NAME=Contact
		ApiTotalUsage +400 | API_FAMILY=Bulk | API_RESOURCE=/v61.0/jobs/query/{750 62}/results | HTTP_METHOD=GET | STATUS_CODE=200 | ENTITY_NAME=Contact`,
		want: `
			soql acquired -/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			record acquired 1/1 recorded e1 Contact recorded 1
			record acquired -/19 not-understood e1 Account reachable 1,2 Attachment reachable 1,2 Case reachable 1,2,3 Contact reachable 1,2,3,4,5,6 ContentDocumentLink reachable 1,2,3 ContentVersion reachable 1,2 EmailMessage reachable 1
			soql acquired -/6 not-understood e1 Contact reachable 1,2,3,4,5,6
			soql acquired -/6 not-understood e1 Contact reachable 1,2,3,4,5,6`},
	{name: "a job deleted before anybody fetched its results, in a whole log of requests", log: `
		BulkApi2 +0 | JOB_ID={750 41} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +1 | QUERY_TYPE=soql | QUERY_IDENTIFIER=` + goldQL + `
		BulkApi2 +20 | JOB_ID={750 41} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=3
		RestApi +22 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query/{750 41}
		RestApi +23 | METHOD=GET | STATUS_CODE=404 | URI=/services/data/v61.0/jobs/query/{750 41}/results
		BulkApi2 +24 | JOB_ID={750 41} | JOB_STATUS=Deleted | OPERATION_TYPE=query | ENTITY_TYPE=Contact`,
		want: "soql -/- count-only e6", says: []string{"nobody fetched the results"}},
	{name: "a job that failed, asked about and deleted", log: `
		BulkApi2 +0 | JOB_ID={750 42} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		BulkApi2 +20 | JOB_ID={750 42} | JOB_STATUS=Failed | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		RestApi +22 | METHOD=DELETE | STATUS_CODE=204 | URI=/services/data/v61.0/jobs/query/{750 42}
		BulkApi2 +24 | JOB_ID={750 42} | JOB_STATUS=Deleted | OPERATION_TYPE=query | ENTITY_TYPE=Contact`,
		want: "soql -/- count-only e4", says: []string{"nobody fetched the results"}},
	{name: "a job fetched in part", log: `
		BulkApi2 +0 | JOB_ID={750 43} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +1 | QUERY_TYPE=soql | QUERY_IDENTIFIER=` + goldQL + `
		BulkApi2 +20 | JOB_ID={750 43} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=3
		RestApi +22 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query/{750 43}/results?maxRecords=1 | ROWS_PROCESSED=1
		RestApi +23 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query/{750 43}/results?locator=MTAw&maxRecords=1 | ROWS_PROCESSED=1
		RestApi +24 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query/{750 43}/results?locator=MTAw&maxRecords=1 | ROWS_PROCESSED=1`,
		want: "soql acquired 3/3 matches e6 Contact bounded 1,2,5", says: []string{"only 2 of its 3 rows were handed out"}},
	{name: "a job whose results only the log of all calls shows fetched", log: `
		BulkApi2 +0 | JOB_ID={750 47} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +1 | QUERY_TYPE=soql | QUERY_IDENTIFIER=` + goldQL + `
		BulkApi2 +20 | JOB_ID={750 47} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=3
		RestApi +22 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query/{750 47}
		ApiTotalUsage +23 | API_FAMILY=BULK | HTTP_METHOD=GET | API_RESOURCE=/v61.0/jobs/query/{750 47}/results
		RestApi +24 | METHOD=DELETE | STATUS_CODE=204 | URI=/services/data/v61.0/jobs/query/{750 47}`,
		want: "soql acquired 3/3 matches e6 Contact replayed 1,2,5"},
	{name: "a job deleted by a request, never fetched", log: `
		BulkApi2 +0 | JOB_ID={750 48} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +1 | QUERY_TYPE=soql | QUERY_IDENTIFIER=` + goldQL + `
		BulkApi2 +20 | JOB_ID={750 48} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=3
		RestApi +24 | METHOD=DELETE | STATUS_CODE=204 | URI=/services/data/v61.0/jobs/query/{750 48}`,
		want: "soql -/- count-only e4"},
	{name: "a job made in one session, fetched in another", log: `
		BulkApi2 +0 | JOB_ID={750 44} | JOB_STATUS=UploadComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact
		UniqueQuery +1 | QUERY_TYPE=soql | QUERY_IDENTIFIER=` + goldQL + `
		BulkApi2 +20 | JOB_ID={750 44} | JOB_STATUS=JobComplete | OPERATION_TYPE=query | ENTITY_TYPE=Contact | RECORDS_PROCESSED=3
		RestApi +900 | METHOD=GET | STATUS_CODE=200 | URI=/services/data/v61.0/jobs/query/{750 44}/results | SESSION_KEY=another+key00044 | LOGIN_KEY=login/key/another44`,
		want: `
			soql acquired 3/3 matches e3 Contact bounded 1,2,5
			soql acquired 3/3 matches e1 Contact replayed 1,2,5`, says: []string{"asked for in another session", "made in another session"}},
	{name: "a job only the log of all calls knows", log: `
		ApiTotalUsage +10 | API_FAMILY=BULK | HTTP_METHOD=GET | STATUS_CODE=200 | API_RESOURCE=/v61.0/jobs/query/{750 45}/results | ENTITY_NAME=Case
		ApiTotalUsage +12 | API_FAMILY=BULK | HTTP_METHOD=POST | STATUS_CODE=200 | API_RESOURCE=/v61.0/jobs/query`,
		want: "soql acquired -/3 not-understood e1 Case reachable 1,2,3"},
	{name: "a job that wrote, fetched for its results", log: `
		BulkApi2 +0 | JOB_ID={750 46} | JOB_STATUS=JobComplete | OPERATION_TYPE=insert | ENTITY_TYPE=Contact | SESSION_KEY=another+key00046 | LOGIN_KEY=login/key/another46
		ApiTotalUsage +10 | API_FAMILY=BULK | HTTP_METHOD=GET | STATUS_CODE=200 | API_RESOURCE=/v61.0/jobs/ingest/{750 46}/successfulResults`,
		want: ""},
}

// definitionFiles are documents of the CRM's own about a report and a list view.
var definitionFiles = map[string]string{
	"report.json": `{"attributes":{"type":"Report"},"reportMetadata":{"id":"{00O 1}","name":"Gold clients","developerName":"Gold","reportType":{"type":"ContactList","label":"Contacts"},"reportFormat":"TABULAR","detailColumns":["LAST_NAME","EMAIL"],"groupingsDown":[],"groupingsAcross":[],"aggregates":["RowCount"],"reportFilters":[{"column":"Contact.Tier__c","operator":"equals","value":"Gold","filterType":"fieldValue"}],"reportBooleanFilter":null,"scope":"organization","standardDateFilter":{"column":"CREATED","durationValue":"CUSTOM","startDate":null,"endDate":null},"crossFilters":[],"standardFilters":null},
		"reportTypeMetadata":{"categories":[{"label":"General","columns":{"LAST_NAME":{"label":"Last Name","dataType":"string","entityColumnName":"Contact.LastName"},"EMAIL":{"label":"Email","dataType":"email","entityColumnName":"Contact.Email"},"Contact.Tier__c":{"label":"Tier","dataType":"picklist","entityColumnName":"Contact.Tier__c"},"CREATED":{"label":"Created","dataType":"datetime","entityColumnName":"Contact.CreatedDate"}}}],"objects":[{"name":"Contact","joinType":"ROOT"}]},"reportExtendedMetadata":{"detailColumnInfo":{"LAST_NAME":{"label":"Last Name","dataType":"string","entityColumnName":"Contact.LastName"}}}}`,
	"listview.json": `{"columns":[{"fieldNameOrPath":"LastName","label":"Last Name","selectListItem":"LastName","type":"string"}],"id":"{00B 5}","orderBy":[{"fieldNameOrPath":"LastName","nullsPosition":"first","sortDirection":"ascending"}],"query":"SELECT LastName, Email FROM Contact WHERE Tier__c = 'Gold' ORDER BY LastName ASC NULLS FIRST","scope":null,"sobjectType":"Contact","whereCondition":{"field":"Tier__c","operator":"equals","values":["'Gold'"]}}`,
}
