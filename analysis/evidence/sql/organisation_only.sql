-- Files that do not say whose they are, of {only}, the one organisation in the case.
INSERT INTO evidence.inferred SELECT id, 'only' FROM evidence.file WHERE organisation = '' AND state = 'loaded' AND starts_with(kind, 'salesforce.');
UPDATE evidence.file SET organisation = {only} WHERE organisation = '' AND state = 'loaded' AND starts_with(kind, 'salesforce.')
