/** In the environment of everything a run of tests starts: where its databases are asked for. */
export const KEEPER = 'SKYGATE_TEST_DATABASES';

/** A database that sorts as people do: what must be in byte order may not lean on the database for it. */
export const SORTS_AS_PEOPLE_DO = "template template0 locale_provider icu icu_locale 'en-US'";

/** One PostgreSQL for the run. */
export interface KeptPostgres {
  /** Of the administrator, who creates databases. */
  readonly url: string;
  /** The name of a migrated database to copy. */
  readonly template: string;
}

/** Of a PGlite: `empty` as it is made, or `migrated` to the newest schema. */
export type PgliteState = 'empty' | 'migrated';

/** PGlites to copy: the files that they dump themselves into, for one in memory. */
export interface KeptPglites extends Readonly<Record<PgliteState, string>> {
  /** The migrated one on disk, closed. */
  readonly folder: string;
}

interface Kept {
  readonly '/postgres': KeptPostgres;
  readonly '/pglite': KeptPglites;
}

/** @returns null outside a run of tests, and in one that keeps nothing */
export async function keptDatabase<Path extends keyof Kept>(path: Path): Promise<Kept[Path] | null> {
  const keeper = process.env[KEEPER];
  if (keeper === undefined) return null;
  const response = await fetch(`${keeper}${path}`);
  if (!response.ok) throw new Error(`the run's databases: ${await response.text()}`);
  return (await response.json()) as Kept[Path];
}
