// What the pages do beyond being pages; each works without it too.
