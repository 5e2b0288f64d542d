import type { TFunction } from 'i18next';
import type { EditableProduct, HistoryEntry } from '../../../rpc-contract/catalogue-view.ts';
import type { Format } from '../../format/use-format.ts';

type Change = HistoryEntry['changes'][number];

/** One edit as a person would say it: what of which product, from what, to what. */
export interface EditWords {
  readonly about: string;
  readonly from: string;
  readonly to: string;
}

interface Writing {
  readonly t: TFunction;
  readonly format: Pick<Format, 'words' | 'money'>;
  /** What the ids in a path are called. */
  readonly products: readonly EditableProduct[];
}

const PRICE = /^products\.(.+?)\.units\.(.+?)\.(?:priceMinor|prices\.(\d{4}-\d{2}-\d{2}))$/;
const NAME = /^products\.(.+?)(?:\.units\.(.+?))?\.name\.(ru|ky|en)$/;
const ON_SALE = /^products\.([^.]+)\.active$/;

/** A field this screen has no words for is named by its path: better a plain one than none. */
export function editWords({ path, from, to }: Change, writing: Writing): EditWords {
  const { t, format } = writing;
  const price = PRICE.exec(path);
  if (price) {
    const money = (minor: string): string => (minor === '' ? '–' : format.money(Number(minor)));
    const what = [namesOf(writing, price[1], price[2]), t('catalogue.price'), price[3]].filter(Boolean).join(' · ');
    return { about: what, from: money(from), to: money(to) };
  }
  const name = NAME.exec(path);
  if (name) {
    const what = `${namesOf(writing, name[1], name[2])} · ${t('catalogue.name')}, ${t(`catalogue.language.${name[3]}`)}`;
    return { about: what, from: from || '–', to };
  }
  const sold = ON_SALE.exec(path);
  if (sold) return { about: namesOf(writing, sold[1]), ...onSaleWords(from, to, t) };
  return { about: path, from: from || '–', to: to || '–' };
}

/** A product that was not there before was added; one that was goes on sale or off it. */
function onSaleWords(from: string, to: string, t: TFunction): Pick<EditWords, 'from' | 'to'> {
  const state = (active: string): string => t(active === 'true' ? 'catalogue.onSale' : 'catalogue.withdrawn');
  return from === '' ? { from: '–', to: t('catalogue.added') } : { from: state(from), to: state(to) };
}

function namesOf({ products, format }: Writing, productId = '', unitId?: string): string {
  const product = products.find((known) => known.productId === productId);
  const productName = format.words(product?.name) || productId;
  if (unitId === undefined) return productName;
  const unit = product?.units.find((known) => known.unitId === unitId);
  return `${productName} · ${format.words(unit?.name) || unitId}`;
}
