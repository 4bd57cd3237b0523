ALTER TABLE "paper" ADD COLUMN "version" smallint;--> statement-breakpoint
ALTER TABLE "paper" ADD COLUMN "version_at" timestamp with time zone;