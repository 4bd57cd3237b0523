CREATE TABLE "backup_run" (
	"began_at" timestamp with time zone PRIMARY KEY NOT NULL,
	"ended_at" timestamp with time zone,
	"file" text NOT NULL,
	"bytes" bigint,
	"ok" boolean,
	"words" text
);
--> statement-breakpoint
CREATE TABLE "installation" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"id" text NOT NULL,
	"epoch" bigint NOT NULL,
	"advanced_at" timestamp with time zone NOT NULL,
	"place" text NOT NULL,
	"closed_at" timestamp with time zone,
	"closed_because" text,
	"lost_since" timestamp with time zone,
	"told_at" timestamp with time zone,
	CONSTRAINT "installation_one_row" CHECK ("installation"."only"),
	CONSTRAINT "installation_closed_because" CHECK (closed_because in ('restored', 'older', 'copied', 'moved'))
);
--> statement-breakpoint
ALTER TABLE "digest" ADD COLUMN "asked_at" timestamp with time zone;