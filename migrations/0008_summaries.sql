CREATE TABLE "summary_run" (
	"paper_id" text PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"summary" text
);
--> statement-breakpoint
ALTER TABLE "summary_run" ADD CONSTRAINT "summary_run_paper_id_paper_id_fk" FOREIGN KEY ("paper_id") REFERENCES "public"."paper"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "summary_run_asked_at" ON "summary_run" USING btree ("asked_at");