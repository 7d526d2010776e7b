"""Forms (表单) as documents: JSON Schema with names in both languages, never changed once used."""
