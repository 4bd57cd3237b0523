CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
CREATE TABLE "search_entry" (
	"paper_id" text PRIMARY KEY NOT NULL,
	"document" "tsvector" NOT NULL,
	"head" "tsvector" NOT NULL,
	"day" date NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"has_code" boolean NOT NULL,
	"organisation" text,
	"topics" text[],
	"heat" real DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "search_word" (
	"word" text PRIMARY KEY NOT NULL,
	"papers" integer NOT NULL,
	"parts" text
);
--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "author_keys" text[];--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "organisation_key" text;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "indexed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "search_entry" ADD CONSTRAINT "search_entry_paper_id_paper_id_fk" FOREIGN KEY ("paper_id") REFERENCES "public"."paper"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "search_entry_document" ON "search_entry" USING gin ("document") WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "search_entry_head" ON "search_entry" USING gin ("head") WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "search_entry_hottest" ON "search_entry" USING btree ("heat" DESC NULLS FIRST,"first_seen_at" DESC NULLS FIRST,"paper_id");--> statement-breakpoint
CREATE INDEX "search_word_alike" ON "search_word" USING gin ("word" gin_trgm_ops) WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "paper_author_keys" ON "paper" USING gin ("author_keys") WITH (fastupdate=false);--> statement-breakpoint
CREATE INDEX "paper_organisation_key" ON "paper" USING btree ("organisation_key","first_seen_at" DESC NULLS FIRST,"id");--> statement-breakpoint
CREATE INDEX "paper_unindexed" ON "paper" USING btree ("first_seen_at" DESC NULLS FIRST,"id") WHERE indexed_at is distinct from updated_at;--> statement-breakpoint
-- Rows are narrow, so that thousands are counted from few pages; words lie beside them, heads as they
-- are, for ranking reads hundreds.
ALTER TABLE "search_entry" SET (toast_tuple_target = 128);--> statement-breakpoint
ALTER TABLE "search_entry" ALTER COLUMN "head" SET STORAGE EXTERNAL;
