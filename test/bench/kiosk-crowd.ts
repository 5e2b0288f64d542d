import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PARK, type TestServer } from '@skygate/sync-server/db/testing/test-server';
import { createEnrolmentCode } from '@skygate/sync-server/hq-node/enrolment';
import type { ExpectedPusher, FromKiosks, ToKiosks } from './push-events.ts';

/** Kiosks of one park in a process of their own (push-events.ts), so that the server's process does nothing but serve. */
export interface KioskCrowd {
  /** Lets so many in and has their batches ready. @returns bytes on the wire an event, by role */
  enrol(roles: readonly Role[], batches: number): Promise<Readonly<Record<Role, number>>>;
  /** Each that is in pushes so many batches, one after the other, all kiosks at once. @returns events a second */
  push(batches: number): Promise<number>;
  /**
   * The newest `kiosks` come back at once: nonce, token, state and a batch each, with the patience that kiosks have.
   * @returns how long each took
   */
  storm(kiosks: number): Promise<{ readonly ms: number; readonly each: readonly number[]; readonly events: number }>;
  end(): void;
}

type Role = ExpectedPusher['role'];

export function startCrowd(server: TestServer, url: string): KioskCrowd {
  const kiosks = fork(fileURLToPath(new URL('push-events.ts', import.meta.url)));
  let made = 0;
  const expect = async (role: Role): Promise<ExpectedPusher> => {
    made += 1;
    const name = `${role}-${made}`;
    const { code } = await createEnrolmentCode(server.deps, { park: PARK, name, role, gateId: name });
    return { code, role, name };
  };
  return {
    enrol: async (roles, batches) => {
      const expected: ExpectedPusher[] = [];
      for (const role of roles) expected.push(await expect(role));
      const answer = await tell(kiosks, { kind: 'enrol', url, kiosks: expected, batches });
      if (answer.kind !== 'enrolled') throw new Error('the kiosks did not enrol');
      return answer.wireBytes;
    },
    push: async (batches) => {
      const answer = await tell(kiosks, { kind: 'push', batches });
      if (answer.kind !== 'pushed') throw new Error('the kiosks did not push');
      return (answer.events * 1000) / answer.ms;
    },
    storm: async (count) => {
      const answer = await tell(kiosks, { kind: 'storm', kiosks: count });
      if (answer.kind !== 'stormed') throw new Error('the kiosks did not come back');
      return answer;
    },
    end: () => {
      kiosks.kill();
    },
  };
}

async function tell(kiosks: ChildProcess, message: ToKiosks): Promise<FromKiosks> {
  const ended = new AbortController();
  const died = once(kiosks, 'exit', { signal: ended.signal }).then(() => {
    throw new Error('the process of the kiosks ended; its message stands above');
  });
  died.catch(() => {});
  kiosks.send(message);
  const [answer] = await Promise.race([once(kiosks, 'message'), died]);
  ended.abort();
  return answer as FromKiosks;
}
