SELECT object, field, type, reference, relationship, category FROM snapshot.field ORDER BY object, position, field
