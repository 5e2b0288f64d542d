import { schemaProblem } from '@skygate/shared/events/read-event';
import type { KioskApi, Problem } from '../../rpc-contract/kiosk-api.ts';
import type { Log } from '../ports.ts';
import { ARGUMENT_SCHEMAS, type KioskMethod } from './argument-schemas.ts';

/** What birpc calls: one function a method, and nothing reachable besides (no prototype). */
export type GuardedApi = Readonly<Record<KioskMethod, (...args: readonly unknown[]) => Promise<unknown>>>;

export interface GuardedApiDeps {
  readonly api: KioskApi;
  readonly log: Log;
}

/**
 * The kiosk's api as the outside may call it: arguments that break their schema are answered with the problem
 * `bad_input` and never reach the kiosk (X2). A bug inside is logged here, with its stack; the screen gets one sentence.
 */
export function guardedApi({ api, log }: GuardedApiDeps): GuardedApi {
  const guarded = Object.create(null) as Record<KioskMethod, GuardedApi[KioskMethod]>;
  for (const method of Object.keys(ARGUMENT_SCHEMAS) as KioskMethod[]) {
    guarded[method] = async (...args) => {
      const problem = argumentProblem(method, args);
      if (problem !== null) {
        log.warn({ method, problem }, 'a screen sent arguments that break the contract');
        return { ok: false, problem: badInput(method, problem) };
      }
      try {
        return await (api[method] as (input?: unknown) => Promise<unknown>).call(api, args[0]);
      } catch (error) {
        log.error({ method, error: error instanceof Error ? error.stack : String(error) }, 'a call failed');
        throw new Error(`${method} failed in the kiosk; its log says why`);
      }
    };
  }
  return Object.freeze(guarded);
}

/** What is wrong with a call's arguments, in words, or null. An absent argument may travel as null. */
export function argumentProblem(method: KioskMethod, args: readonly unknown[]): string | null {
  const schema = ARGUMENT_SCHEMAS[method];
  const given = args.filter((arg, index) => index > 0 || (arg !== undefined && arg !== null));
  if (schema === null) return given.length === 0 ? null : 'takes no arguments';
  return given.length === 1 ? schemaProblem(schema, given[0]) : `takes one argument, not ${given.length}`;
}

function badInput(method: KioskMethod, detail: string): Problem {
  return { code: 'bad_input', data: { method, detail } };
}
