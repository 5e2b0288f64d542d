import { Button } from '@mantine/core';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import type { TextItem } from '@skygate/shared/hq-api/texts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTexts } from '../api/text-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { PageHead } from '../layout/page-head.tsx';
import { Empty, Failed, Loading } from '../layout/states.tsx';
import { TableCard } from '../layout/table-card.tsx';
import { EraseTextModal } from './erase-text-modal.tsx';
import { TextErasures } from './text-erasures.tsx';

/** What people typed as their reasons, at kiosks and here: to be read, and erased where it names somebody (E5). */
export function TextsPage({ park }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const texts = useTexts(park.park);
  const [erased, setErased] = useState<TextItem | null>(null);
  if (texts.isPending) return <Loading />;
  if (texts.isError) return <Failed error={texts.error} onRetry={() => void texts.refetch()} />;
  const [first] = texts.data.pages;
  const found = texts.data.pages.flatMap((page) => page.texts);
  return (
    <>
      <PageHead title={t('nav.texts')} />
      {found.length === 0 ? (
        <Empty title={t('texts.empty')} hint={t('texts.hint')} />
      ) : (
        <>
          <p className="quiet">{t('texts.hint')}</p>
          <TextTable texts={found} park={park} onErase={setErased} />
        </>
      )}
      {texts.hasNextPage ? (
        <Button
          variant="default"
          style={{ marginTop: 12 }}
          loading={texts.isFetchingNextPage}
          onClick={() => void texts.fetchNextPage()}
        >
          {t('cases.more')}
        </Button>
      ) : null}
      {first ? (
        <TextErasures erasures={first.erasures} serverMs={first.serverMs} timeZone={park.document.timeZone} />
      ) : null}
      {erased ? <EraseTextModal park={park.park} item={erased} onClose={() => setErased(null)} /> : null}
    </>
  );
}

interface TextTableProps {
  readonly texts: readonly TextItem[];
  readonly park: ParkBody;
  readonly onErase: (item: TextItem) => void;
}

function TextTable({ texts, park, onErase }: TextTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <TableCard
      columns={[
        t('texts.text'),
        t('texts.what'),
        t('texts.who'),
        t('texts.where'),
        t('texts.when'),
        { buttons: t('action.actions') },
      ]}
    >
      {texts.map((item) => (
        <tr key={item.name}>
          <td className="typed-words">{item.text}</td>
          <td>{t(`texts.deed.${item.type}`, { defaultValue: item.type })}</td>
          <td className="quiet">{item.actorName ?? '—'}</td>
          <td className="nowrap">{item.kioskName ?? t('cases.hq')}</td>
          <td className="nowrap">{format.shortMoment(item.atMs, park.document.timeZone)}</td>
          <td className="number">
            <Button
              variant="subtle"
              color="red"
              aria-label={t('texts.eraseOne', { text: item.text.slice(0, 80) })}
              onClick={() => onErase(item)}
            >
              {t('texts.erase')}
            </Button>
          </td>
        </tr>
      ))}
    </TableCard>
  );
}
