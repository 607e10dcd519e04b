CREATE VIRTUAL TABLE action_text USING fts5(words, content='action', content_rowid='seq', tokenize='unicode61')
;;
CREATE TRIGGER action_text_added AFTER INSERT ON action BEGIN
  INSERT INTO action_text (rowid, words) VALUES (new.seq, new.words);
END
;;
CREATE TRIGGER action_text_changed AFTER UPDATE OF words ON action WHEN old.words <> new.words BEGIN
  INSERT INTO action_text (action_text, rowid, words) VALUES ('delete', old.seq, old.words);
  INSERT INTO action_text (rowid, words) VALUES (new.seq, new.words);
END
;;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event BEGIN
  SELECT RAISE(ABORT, 'the history is only added to');
END
;;
CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event BEGIN
  SELECT RAISE(ABORT, 'the history is only added to');
END
;;
