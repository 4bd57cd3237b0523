CREATE TABLE "alert" (
	"cause" text PRIMARY KEY NOT NULL,
	"sentence" text NOT NULL,
	"remedy" text,
	"began_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"claimed_at" timestamp with time zone,
	"told_at" timestamp with time zone,
	"gone_since" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"over_told_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "health_finding" (
	"check_id" text PRIMARY KEY NOT NULL,
	"group_name" text NOT NULL,
	"name" text NOT NULL,
	"verdict" text NOT NULL,
	"sentence" text NOT NULL,
	"remedy" text,
	"look" text NOT NULL,
	"position" smallint NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"looked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "health_finding_verdict" CHECK (verdict in ('mend', 'look', 'well'))
);
--> statement-breakpoint
CREATE TABLE "heartbeat" (
	"name" text PRIMARY KEY NOT NULL,
	"began_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL
);
