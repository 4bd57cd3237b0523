CREATE TRIGGER "content_changes" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "empty_edition" EXECUTE FUNCTION count_content_change();
