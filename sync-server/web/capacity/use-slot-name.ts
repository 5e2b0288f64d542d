import { useTranslation } from 'react-i18next';

/** `wheel@10:00` as `wheel · 10:00`, `day` in words. */
export function useSlotName(): (slot: string) => string {
  const { t } = useTranslation();
  return (slot) => (slot === 'day' ? t('capacity.day') : slot.replace('@', ' · '));
}
