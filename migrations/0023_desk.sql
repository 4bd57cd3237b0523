CREATE TABLE "desk_session" (
	"id_hash" "bytea" PRIMARY KEY NOT NULL,
	"proof" "bytea" NOT NULL,
	"began_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trail" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "trail_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone NOT NULL,
	"who" text NOT NULL,
	"via" text NOT NULL,
	"did" text NOT NULL,
	"about" text NOT NULL,
	"words" text
);
--> statement-breakpoint
CREATE INDEX "trail_about" ON "trail" USING btree ("about","at");--> statement-breakpoint
CREATE INDEX "batch_date" ON "batch" USING btree ("digest_date");