ALTER TABLE "subscriber" ADD COLUMN "language" text;
