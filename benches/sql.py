"""Migrations as people and their tools write them, the same for the same number."""

import random

THINGS = """account address article asset badge basket booking branch budget calendar campaign card cart category channel
claim comment company contact contract coupon course customer delivery device discount document driver event expense
export feature feed file filter folder goal group image import integration inventory invite invoice issue job label
lead ledger lesson license limit listing location meeting member message metric milestone note notification offer
order outlet package page partner patient payment payout permission photo plan poll post price product profile project
quote rating receipt refund region reminder report request reservation review reward role room route rule salary
schedule season section segment seller session shipment shop signal skill slot source sprint stage station stock store
story subject subscription supplier survey tag target task tax team template tenant ticket topic trade transfer trip
unit update upload user vehicle vendor venue version visit voucher wallet webhook widget workspace zone""".split()
TYPES = ["TEXT", "INTEGER", "BIGINT", "BOOLEAN NOT NULL DEFAULT false", "TIMESTAMP(3)", "timestamptz NOT NULL DEFAULT now()",
         "JSONB", "numeric(12,2)", "uuid DEFAULT gen_random_uuid()", "DOUBLE PRECISION", "text[]", "VARCHAR(255)"]
COLUMNS = ["name", "title", "status", "kind", "note", "amount", "currency", "email", "phone", "score", "rank", "position",
           "starts_at", "ends_at", "deleted_at", "archived_at", "metadata", "settings", "external_id", "created_by",
           "updated_by", "description", "summary", "color", "slug", "locale", "time_zone", "weight", "height", "source"]


def name(number):
    """What the tool calls the migration: a timestamp and a few words."""
    minute, hour, day = number % 60, number // 60 % 24, number // 1440
    words = f"{THINGS[number % len(THINGS)]}_{THINGS[number * 7 % len(THINGS)]}"
    return f"{2020 + day // 336:04}{1 + day % 336 // 28:02}{1 + day % 28:02}{hour:02}{minute:02}00_{words}"


def own_table(number):
    """A table of its own, protected."""
    table = f"{THINGS[number % len(THINGS)]}_{number}"
    return f"""-- CreateTable
CREATE TABLE "{table}" (
    "id" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "name" TEXT NOT NULL,
    "amount" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "{table}_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;
"""


def one_table(number):
    """One more column for the same table."""
    if number == 0:
        return own_table(0).replace("_0", "_all")
    return f'-- AlterTable\nALTER TABLE "{THINGS[0]}_all" ADD COLUMN "column_{number}" TEXT;\n'


def varied(number):
    """About 1.5 kB of what stands in the migrations of a Prisma or Supabase project."""
    dice = random.Random(number)
    parts = []
    length = 0
    wanted = dice.choice([500, 900, 1200, 1500, 2200])
    tables = [f"{dice.choice(THINGS)}_{number}"]
    parts.append(create_table(dice, tables[0]))
    while length < wanted:
        part = dice.choice(PARTS)(dice, tables, number)
        parts.append(part)
        length = sum(map(len, parts))
    return "\n".join(parts)


def create_table(dice, table):
    columns = dice.sample(COLUMNS, dice.randint(3, 8))
    lines = "".join(f'    "{column}" {dice.choice(TYPES)},\n' for column in columns)
    return f"""-- CreateTable
CREATE TABLE "public"."{table}" (
    "id" uuid NOT NULL DEFAULT gen_random_uuid(),
{lines}
    CONSTRAINT "{table}_pkey" PRIMARY KEY ("id")
);

-- Only its owner reads it
ALTER TABLE "public"."{table}" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "public"."{table}" FORCE ROW LEVEL SECURITY;
"""


def another_table(dice, tables, number):
    tables.append(f"{dice.choice(THINGS)}_{number}_{len(tables)}")
    return create_table(dice, tables[-1])


def policy(dice, tables, number):
    table = dice.choice(tables)
    verb = dice.choice(["select", "insert", "update", "delete"])
    check = "with check" if verb == "insert" else "using"
    return f"""create policy "owners may {verb} {dice.randint(1, 10 ** 6)}" on public.{table}
  for {verb} to authenticated
  {check} ((select auth.uid()) = id and exists (
    select 1 from public.{table} as it where it.id = {table}.id
  ));
"""


def columns(dice, tables, number):
    table = dice.choice(tables)
    lines = ",\n".join(f'ADD COLUMN     "{it}_{dice.randint(1, 10 ** 6)}" {dice.choice(TYPES)}' for it in dice.sample(COLUMNS, 3))
    return f'-- AlterTable\nALTER TABLE "{table}" {lines};\n'


def index(dice, tables, number):
    table, serial = dice.choice(tables), dice.randint(1, 10 ** 6)
    kind = dice.choice(["INDEX", "UNIQUE INDEX"])
    return f'-- CreateIndex\nCREATE {kind} "{table}_{serial}_idx" ON "{table}"("id", "{dice.choice(COLUMNS)}" DESC);\n'


def enum(dice, tables, number):
    labels = ", ".join(f"'{it.upper()}'" for it in dice.sample(THINGS, 4))
    return f'-- CreateEnum\nCREATE TYPE "{dice.choice(THINGS)}_kind_{number}_{dice.randint(1, 10 ** 6)}" AS ENUM ({labels});\n'


def foreign_key(dice, tables, number):
    a, b, serial = dice.choice(tables), dice.choice(tables), dice.randint(1, 10 ** 6)
    return f"""-- AddForeignKey
ALTER TABLE "{a}" ADD CONSTRAINT "{a}_{serial}_fkey" FOREIGN KEY ("id") REFERENCES "{b}"("id") ON DELETE SET NULL ON UPDATE CASCADE;
"""


def function(dice, tables, number):
    table, serial = dice.choice(tables), dice.randint(1, 10 ** 6)
    return f"""create or replace function public.touch_{table}_{serial}()
returns trigger language plpgsql security definer set search_path = '' as $$
begin
  -- the row says when it was last written
  new.updated_at := now();
  if new.id is distinct from old.id then
    raise exception 'the id of a row of % stays', tg_table_name using errcode = '23514';
  end if;
  return new;
end;
$$;

create trigger touch_{serial} before update on public.{table}
  for each row execute function public.touch_{table}_{serial}();
"""


def insert(dice, tables, number):
    rows = ",\n".join(f"  (gen_random_uuid(), '{dice.choice(THINGS)} {it}', {dice.randint(0, 999)})" for it in range(dice.randint(2, 6)))
    return f"INSERT INTO \"{dice.choice(tables)}\" (id, name, rank) VALUES\n{rows}\nON CONFLICT DO NOTHING;\n"


def comment(dice, tables, number):
    words = " ".join(dice.choice(THINGS) for _ in range(dice.randint(8, 24)))
    return f"/*\n * {words}\n */\ncomment on table public.{dice.choice(tables)} is '{words}';\n"


def grant(dice, tables, number):
    return f"grant select, insert on table public.{dice.choice(tables)} to authenticated, service_role;\n"


PARTS = [another_table, policy, policy, columns, columns, index, index, index, enum, foreign_key, foreign_key, function,
         insert, comment, grant]
