import { CompiledQuery } from 'kysely';
import type { Database } from './database.ts';
import type { MigrationTarget } from './migrate.ts';

// One instance migrates, the others wait and then find nothing to do.
const LOCK_KEY = 7_512_001;

/** The server's database as a target of migrations: the version is a row of `schema_version`. */
export const serverTarget = (database: Database): MigrationTarget => ({
  async version() {
    const { rows } = await database.kysely.executeQuery<{ found: string | null }>(
      CompiledQuery.raw("select to_regclass('schema_version')::text as found"),
    );
    if (!rows[0]?.found) return 0;
    const versions = await database.kysely.executeQuery<{ version: number }>(
      CompiledQuery.raw('select version from schema_version'),
    );
    return versions.rows[0]?.version ?? 0;
  },
  async apply(script, step) {
    try {
      await database.runScript(versionedScript(script, step));
    } catch (error) {
      // Another instance, starting at the same moment, was first.
      if ((await this.version()) === step.from) throw error;
    }
  },
});

// The lock is had before the version is looked at, so that no script ever runs twice.
const versionedScript = (script: string, { from, to }: { readonly from: number; readonly to: number }): string => `
select pg_advisory_xact_lock(${LOCK_KEY});
create table if not exists schema_version (only_row bigint primary key check (only_row = 1), version bigint not null);
do $$ begin
  if coalesce((select version from schema_version), 0) <> ${from} then raise exception 'the version has moved'; end if;
end $$;
${script}
insert into schema_version (only_row, version) values (1, ${to})
  on conflict (only_row) do update set version = excluded.version;
`;
