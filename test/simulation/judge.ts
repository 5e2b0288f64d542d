import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import { START_MS } from './headquarters.ts';
import { readKioskDisk, readServerDisk } from './inspect.ts';
import { brokenInvariants } from './invariants.ts';
import type { Run } from './run.ts';
import { hashOfLines } from './state-hash.ts';

/** Reads every disk and holds it against what people were told. */
export async function judge(run: Run): Promise<void> {
  const deps = run.server.deps();
  if (deps === null) throw new Error('broken invariant: the server is up');
  await run.activity.track(() => deps.projections.projectNow());
  const server = await readServerDisk(run.world.database);
  const kiosks = run.kiosks.map((kiosk) => ({
    name: kiosk.name,
    node: run.nodes.get(kiosk.name) ?? '',
    disk: readKioskDisk(kiosk.databasePath(), true),
  }));
  const crypto = createNodeCrypto();
  const endMs = START_MS + run.scheduler.nowMs();
  const { book, jumped, imaged } = run;
  const times = { startMs: START_MS, endMs, pulls: run.network.pulls() };
  run.broken.push(...brokenInvariants({ crypto, book, server, kiosks, jumped, imaged, ...times }));
  run.trace.add(`ends at ${server.head} with ${hashOfLines(server.tables)}`);
}
