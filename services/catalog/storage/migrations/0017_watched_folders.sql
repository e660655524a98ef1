-- Whether a folder is synced by itself, when something in it changes.
ALTER TABLE folder ADD COLUMN watch BOOLEAN DEFAULT false;
