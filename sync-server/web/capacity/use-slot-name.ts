import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';

/** `wheel@10:00` as `Observation wheel · 10:00`, `day` in words. */
export function useSlotName(park: string): (slot: string) => string {
  const { t } = useTranslation();
  const format = useFormat();
  const products = useCatalogue(park).data?.products ?? [];
  return (slot) => {
    const [productId, time] = slot.split('@');
    if (time === undefined) return t('capacity.day');
    const product = products.find((one) => one.productId === productId)?.product;
    return `${product ? format.words(product.name) : productId} · ${time}`;
  };
}
