CREATE TABLE "fresh_pick" (
	"edition_date" date NOT NULL,
	"rank" smallint NOT NULL,
	"paper_id" text NOT NULL,
	"chance" double precision NOT NULL,
	"expected_votes" double precision NOT NULL,
	"reasons" text[] NOT NULL,
	CONSTRAINT "fresh_pick_edition_date_rank_pk" PRIMARY KEY("edition_date","rank"),
	CONSTRAINT "fresh_pick_once" UNIQUE("paper_id")
);
--> statement-breakpoint
CREATE TABLE "ranking_model" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "ranking_model_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"fitted_at" timestamp with time zone NOT NULL,
	"trained_until" date NOT NULL,
	"model" jsonb NOT NULL,
	"figures" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "selection" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "selection_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"digest_date" date NOT NULL,
	"papers" text[] NOT NULL,
	CONSTRAINT "selection_once" UNIQUE("digest_date","papers")
);
--> statement-breakpoint
ALTER TABLE "edition_entry" DROP CONSTRAINT "edition_entry_paper_once_per_topic";--> statement-breakpoint
ALTER TABLE "delivery" ADD COLUMN "selection_id" bigint;--> statement-breakpoint
ALTER TABLE "edition_entry" ADD COLUMN "weekly_score" double precision;--> statement-breakpoint
ALTER TABLE "edition_entry" ADD COLUMN "is_listed" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "edition_entry" ADD COLUMN "back_since" date;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "project_url" text;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "has_media" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "summary" text;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "summary_by" text;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "title_tex" text;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "abstract_tex" text;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "submitter" text;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "listed_on" date;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "page_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "is_withdrawn" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "subscriber" ADD COLUMN "wants_fresh" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "fresh_pick" ADD CONSTRAINT "fresh_pick_paper_id_paper_id_fk" FOREIGN KEY ("paper_id") REFERENCES "public"."paper"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ranking_model_newest" ON "ranking_model" USING btree ("kind","fitted_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "paper_listed_on" ON "paper" USING btree ("listed_on");--> statement-breakpoint
ALTER TABLE "edition_entry" ADD CONSTRAINT "edition_entry_paper_once" UNIQUE("paper_id","topic","edition_date");--> statement-breakpoint
CREATE TRIGGER "content_changes" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "fresh_pick" EXECUTE FUNCTION count_content_change();
