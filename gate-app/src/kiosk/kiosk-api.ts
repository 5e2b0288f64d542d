import type { KioskApi } from '../rpc-contract/kiosk-api.ts';
import type { KioskStatus } from '../rpc-contract/status-view.ts';
import { problem, refused, said } from './handle-command/command-context.ts';
import { confirmClock } from './handle-command/confirm-clock.ts';
import { countExit } from './handle-command/count-exit.ts';
import { editProduct, getCatalogueHistory, listEditableProducts } from './handle-command/edit-product.ts';
import { mayEnrolAnew, stopToEnrolAnew } from './handle-command/enrol-anew.ts';
import { findTicket } from './handle-command/find-ticket.ts';
import { createLogIn } from './handle-command/log-in.ts';
import { overrideRefusal } from './handle-command/override-refusal.ts';
import { getSaleCatalogue } from './handle-command/sale-catalogue.ts';
import { scan } from './handle-command/scan.ts';
import { completeSale, listSales, quoteSale } from './handle-command/sell.ts';
import { askForPlaces, giveShare, listShares } from './handle-command/shares.ts';
import { closeShift, moveCash, openShift } from './handle-command/shift.ts';
import { undoLast } from './handle-command/undo-last.ts';
import type { KioskContext } from './kiosk-context.ts';
import type { LeaseKeeper } from './leases/lease-keeper.ts';
import type { Sync } from './sync/sync.ts';

export interface KioskApiDeps {
  readonly context: KioskContext;
  readonly sync: Sync;
  readonly leases: Pick<LeaseKeeper, 'askNow'>;
  readonly status: () => KioskStatus;
  /** To be called after whatever may have changed the status. */
  readonly changed: () => void;
}

/** The contract with the screens, each method led to its command. */
export function createKioskApi({ context, sync, leases, status, changed }: KioskApiDeps): KioskApi {
  const logIn = createLogIn(context);
  const enrol = createEnrol({ context, sync, status });
  /** Runs a command and shows the status it led to. */
  const told = async <Value>(command: () => Value | Promise<Value>): Promise<Value> => {
    const value = await command();
    changed();
    return value;
  };

  return {
    getStatus: async () => status(),
    enrol: (input) => told(() => enrol(input)),
    stopToEnrolAnew: () =>
      told(() => {
        const stopped = stopToEnrolAnew(context, sync.view().state);
        return stopped.ok ? said(status()) : refused(stopped.error);
      }),
    listStaff: async () => logIn.listStaff(),
    logIn: (input) => told(() => logIn.logIn(input)),
    logOut: () => told(() => logIn.logOut()),

    scan: (input) => told(() => scan(context, input)),
    undoLast: (input) => told(() => undoLast(context, input)),
    overrideRefusal: (input) => told(() => overrideRefusal(context, input)),
    countExit: (input) => told(() => countExit(context, input)),
    setGateMode: ({ mode }) => told(() => context.gateModeSetting.set(mode)),
    setScanner: (input) => told(() => context.scannerSettings.set(input)),
    findTicket: async (input) => findTicket(context, input),

    getSaleCatalogue: async (input) => getSaleCatalogue(context, input),
    quoteSale: async (input) => quoteSale(context, input),
    completeSale: (input) => told(() => completeSale(context, input)),
    listShares: async () => listShares(context),
    askForPlaces: (input) => told(() => askForPlaces(context, leases, input)),
    giveShare: (input) => told(() => giveShare(context, input)),
    listSales: async () => listSales(context),

    openShift: (input) => told(() => openShift(context, input)),
    moveCash: (input) => told(() => moveCash(context, input)),
    closeShift: (input) => told(() => closeShift(context, input)),

    listEditableProducts: async () => listEditableProducts(context),
    editProduct: (input) => told(() => editProduct(context, input)),
    getCatalogueHistory: async () => getCatalogueHistory(context),

    confirmClock: (input) => told(() => confirmClock(context, input)),

    testContact: () => told(async () => said(await sync.testContact())),
  };
}

/** S1. A kiosk that is enrolled stays what it is, unless it was told to stop and has to enrol anew (E6). */
function createEnrol({ context, sync, status }: Pick<KioskApiDeps, 'context' | 'sync' | 'status'>): KioskApi['enrol'] {
  const { eventLog, log } = context;
  const enrolOnce: KioskApi['enrol'] = async (input) => {
    if (eventLog.identity() !== null) {
      if (eventLog.stopped() === null) return refused(problem('already_enrolled'));
      const may = mayEnrolAnew(context);
      if (!may.ok) return refused(may.error);
    }
    const enrolled = await sync.enrol(input);
    if (enrolled.ok) return said(status());
    const { code } = enrolled.error;
    const detail = 'detail' in enrolled.error ? enrolled.error.detail : '';
    log.warn({ problem: code, detail }, 'the kiosk was not enrolled');
    return refused(problem(code, detail === '' ? {} : { detail }));
  };
  // One at a time: of two at once the second would take the kiosk out of what the first made it.
  let enrolling: Promise<unknown> = Promise.resolve();
  return (input) => {
    const answer = enrolling.then(() => enrolOnce(input));
    enrolling = answer.catch(() => null);
    return answer;
  };
}
