import { migrateUp } from '@skygate/sync-server/db/migrate';
import { serverTarget } from '@skygate/sync-server/db/migrate-server';
import { openPostgres } from '@skygate/sync-server/db/open-postgres';
import { createTestServer, type TestServer } from '@skygate/sync-server/db/testing/test-server';
import { openPark } from '../simulation/headquarters.ts';

/** Instances of the server on one database, each with connections of its own. */
export interface RaceTrack {
  readonly first: TestServer;
  readonly instances: readonly TestServer[];
  /** Instances in turn. */
  instance(index: number): TestServer;
  close(): Promise<void>;
}

const INSTANCES = 2;

export async function openRaceTrack(databaseUrl: string): Promise<RaceTrack> {
  const databases = await Promise.all(Array.from({ length: INSTANCES }, () => openPostgres(databaseUrl)));
  const [database] = databases;
  if (database === undefined) throw new Error('broken invariant: there is an instance');
  await migrateUp(serverTarget(database));
  const instances = await Promise.all(databases.map((each) => createTestServer(each)));
  for (const { deps } of instances) await deps.bus.run();
  const instance = (index: number): TestServer => instances[index % INSTANCES] as TestServer;
  await openPark(instance(0).deps);
  return {
    first: instance(0),
    instances,
    instance,
    close: async () => {
      for (const server of instances) await server.close();
      for (const each of databases) await each.close();
    },
  };
}
