CREATE TABLE "content_version" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "content_version_one_row" CHECK ("only")
);
--> statement-breakpoint
DROP INDEX "paper_first_seen_at";--> statement-breakpoint
CREATE INDEX "paper_first_seen_at" ON "paper" USING btree ("first_seen_at" DESC NULLS FIRST,"id");--> statement-breakpoint
INSERT INTO "content_version" ("version") VALUES (0);--> statement-breakpoint
CREATE FUNCTION "count_content_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE content_version SET version = version + 1;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER "content_changes" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "paper" EXECUTE FUNCTION count_content_change();--> statement-breakpoint
CREATE TRIGGER "content_changes" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "signal" EXECUTE FUNCTION count_content_change();--> statement-breakpoint
CREATE TRIGGER "content_changes" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "topic" EXECUTE FUNCTION count_content_change();--> statement-breakpoint
CREATE TRIGGER "content_changes" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "edition" EXECUTE FUNCTION count_content_change();--> statement-breakpoint
CREATE TRIGGER "content_changes" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "edition_entry" EXECUTE FUNCTION count_content_change();
