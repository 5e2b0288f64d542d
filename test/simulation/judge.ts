import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import { leaseFindings, oversoldPlaces } from '@skygate/shared/domain/capacity/oversell';
import { dayPlacesOf } from '@skygate/sync-server/hq/capacity/capacity-state';
import { DATE, PARK, START_MS } from './headquarters.ts';
import { filesNaming, readKioskDisk, readServerDisk } from './inspect.ts';
import { brokenInvariants, type FinalState } from './invariants.ts';
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
    names: (name: string) => filesNaming(kiosk.databasePath(), name),
  }));
  const crypto = createNodeCrypto();
  const { book, jumped, imaged, forgotten, lostOfHq } = run;
  const hq = await whatHqFinds(run, START_MS + run.scheduler.nowMs());
  const endMs = START_MS + run.scheduler.nowMs();
  const times = { startMs: START_MS, endMs, pulls: run.network.pulls() };
  const excuses = { jumped, imaged, forgotten, lostOfHq };
  run.broken.push(...brokenInvariants({ crypto, book, server, kiosks, hq, ...excuses, ...times }));
  run.trace.add(`ends at ${server.head} with ${hashOfLines(server.tables)}`);
}

/** What HQ itself finds wrong with the places of the day (C1). */
async function whatHqFinds(run: Run, nowMs: number): Promise<FinalState['hq']> {
  const places = await dayPlacesOf(run.world.database.reader, { park: PARK, date: DATE, nowMs });
  const state = places.stateOf('day');
  return { findings: leaseFindings(state), oversold: oversoldPlaces(state) };
}
