import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { TouchButton } from './touch-button.tsx';

interface PagerProps {
  readonly page: number;
  readonly pages: number;
  readonly onPage: (page: number) => void;
}

/** Pages instead of scroll bars. Takes its place even with one page, so that nothing jumps. */
export function Pager({ page, pages, onPage }: PagerProps) {
  const { t } = useTranslation();
  const isAlone = pages <= 1;
  return (
    <nav className="pager" style={{ visibility: isAlone ? 'hidden' : 'visible' }} aria-hidden={isAlone}>
      <TouchButton className="icon" label={t('common.previous')} disabled={page <= 0} onPress={() => onPage(page - 1)}>
        <IconChevronLeft size={28} aria-hidden />
      </TouchButton>
      <span className="t2 semi">{t('common.pageOf', { page: page + 1, pages })}</span>
      <TouchButton
        className="icon"
        label={t('common.next')}
        disabled={page >= pages - 1}
        onPress={() => onPage(page + 1)}
      >
        <IconChevronRight size={28} aria-hidden />
      </TouchButton>
    </nav>
  );
}

/** The part of a list that is on a page; the page is brought back into the list if that has shrunk. */
export function pageOf<Item>(items: readonly Item[], wanted: number, size: number) {
  const pages = Math.max(1, Math.ceil(items.length / size));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  return { page, pages, items: items.slice(page * size, (page + 1) * size) };
}
