import { setProductName, setUnitPrice } from '@skygate/shared/documents/edits';
import { isHqNode } from '@skygate/shared/lib/ids';
import type { EditableProduct, HistoryEntry, ProductEdit } from '../../rpc-contract/catalogue-view.ts';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import type { KioskNames } from '../read-models/kiosk-names.ts';
import { actorFor, type CommandContext, problem, refused, said, storeProblem } from './command-context.ts';

export interface CatalogueContext extends CommandContext {
  readonly kioskNames: KioskNames;
  nameOf(actor: string): string;
}

const HISTORY_SHOWN = 100;

export function listEditableProducts(context: CatalogueContext): Reply<readonly EditableProduct[]> {
  const actor = actorFor(context, 'edit_catalogue');
  if (!actor.ok) return refused(actor.error);
  const products = Object.entries(context.documents.editedValueOf('catalogue')?.products ?? {})
    .sort(([, left], [, right]) => left.order - right.order)
    .map(([productId, { name, units }]) => ({
      productId,
      name,
      units: Object.entries(units)
        .sort(([, left], [, right]) => left.order - right.order)
        .map(([unitId, unit]) => ({ unitId, name: unit.name, priceMinor: unit.priceMinor })),
    }));
  return said(products);
}

/** One field of one product, offline too; it merges with what others edit meanwhile (D1). */
export function editProduct(context: CatalogueContext, input: ProductEdit): Reply<null> {
  const actor = actorFor(context, 'edit_catalogue');
  if (!actor.ok) return refused(actor.error);
  const { productId, change } = input;
  let found = false;
  const edited = context.documents.draftEdit({
    documentId: 'catalogue',
    about: `product:${productId}`,
    actor: actor.value.actor,
    nowMs: actor.value.nowMs,
    edit: (draft) => {
      found =
        change.field === 'name'
          ? setProductName(draft, { productId, language: change.language }, change.value)
          : setUnitPrice(draft, { productId, unitId: change.unitId }, change.priceMinor);
    },
  });
  if (!found) return refused(unknown(input));
  if (!edited.ok) return refused(problem('edit_refused', { why: edited.error }));
  if (edited.value === null) return said(null);
  const written = context.eventLog.append([edited.value]);
  return written.ok ? said(null) : refused(storeProblem(written.error));
}

export function getCatalogueHistory(context: CatalogueContext): Reply<readonly HistoryEntry[]> {
  const actor = actorFor(context, 'edit_catalogue');
  if (!actor.ok) return refused(actor.error);
  const { park, node, epoch } = actor.value.identity;
  const { acknowledged } = context.eventLog.position();
  const entries = context.documents.historyOf('catalogue', HISTORY_SHOWN).map((entry) => {
    const own = entry.node === node && entry.epoch === epoch;
    return {
      atMs: entry.wallMs,
      actor: context.nameOf(entry.actor),
      node: context.kioskNames(park, entry),
      madeAt: isHqNode(entry.node) ? ('hq' as const) : ('park' as const),
      about: entry.about ?? '',
      changes: entry.changes,
      atHq: isHqNode(entry.node) || !own || entry.seq <= acknowledged,
      inUse: entry.inUse,
    };
  });
  return said(entries);
}

const unknown = ({ productId, change }: ProductEdit) =>
  change.field === 'price'
    ? problem('unknown_unit', { productId, unitId: change.unitId })
    : problem('unknown_product', { productId });
