import { Badge, Drawer, Stack } from '@mantine/core';
import type { FieldChange, HistoryEntry } from '@skygate/shared/hq-api/catalogue';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { IconArrowRight } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useHistory } from '../api/park-queries.ts';
import { type Format, useFormat } from '../format/use-format.ts';
import { Failed, Loading } from '../layout/states.tsx';

interface HistoryDrawerProps {
  readonly park: ParkBody;
  readonly currency: string;
  readonly productId: string | null;
  readonly title: string;
  readonly onClose: () => void;
}

/** Who changed what, when and where; edits made offline at the same time are marked as such. */
export function HistoryDrawer({ park, currency, productId, title, onClose }: HistoryDrawerProps) {
  const { t } = useTranslation();
  const history = useHistory(park.park, productId);
  return (
    <Drawer
      opened={productId !== null}
      onClose={onClose}
      title={<b>{title}</b>}
      position="right"
      size={560}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {history.isPending ? <Loading /> : null}
      {history.isError ? <Failed error={history.error} onRetry={() => void history.refetch()} /> : null}
      <Stack gap="md">
        {history.data?.entries.length === 0 ? <div className="quiet">{t('catalogue.historyEmpty')}</div> : null}
        {history.data && history.data.waiting > 0 ? (
          <div className="notice" data-tone="warn">
            {t('catalogue.waiting', { count: history.data.waiting })}
          </div>
        ) : null}
        {history.data?.entries.map((entry) => (
          <Entry key={entry.changeHash} entry={entry} timeZone={park.document.timeZone} currency={currency} />
        ))}
      </Stack>
    </Drawer>
  );
}

/** A whole product at once is its creation, not a list of two hundred fields. */
const FIELDS_SHOWN = 8;

function Entry({ entry, timeZone, currency }: { entry: HistoryEntry; timeZone: string; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const created = entry.changes.length > FIELDS_SHOWN && entry.changes.every((change) => change.from === null);
  const where = entry.kioskName === null ? t('catalogue.atHq') : t('catalogue.atKiosk', { kiosk: entry.kioskName });
  return (
    <article className="notice">
      <div className="park-head">
        <b>{entry.actorName ?? entry.actor}</b>
        <span className="quiet small">{format.dayAndTime(entry.wallMs, timeZone)}</span>
      </div>
      <div className="quiet small">{where}</div>
      {entry.concurrentWith.length > 0 ? (
        <Badge color="orange" variant="light" tt="none" mt={6} autoContrast>
          {t('catalogue.concurrent')}
        </Badge>
      ) : null}
      <div style={{ display: 'grid', gap: 6, marginTop: 10 }}>
        {created ? <span>{t('catalogue.created')}</span> : null}
        {created
          ? null
          : entry.changes
              .slice(0, FIELDS_SHOWN)
              .map((change) => <Change key={change.path.join('.')} change={change} currency={currency} />)}
        {!created && entry.changes.length + entry.changesLeftOut > FIELDS_SHOWN ? (
          <span className="quiet">
            {t('catalogue.more', { count: entry.changes.length + entry.changesLeftOut - FIELDS_SHOWN })}
          </span>
        ) : null}
      </div>
    </article>
  );
}

function Change({ change, currency }: { readonly change: FieldChange; readonly currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const value = (text: string | null): string => valueText(text, change.path, { t, format, currency });
  return (
    <div>
      <span className="quiet small">{labelOf(change.path, t, format)}</span>
      <div style={{ display: 'flex', alignItems: 'center', gap: 8, flexWrap: 'wrap' }}>
        <span>{value(change.from)}</span>
        <IconArrowRight size={16} aria-label="→" />
        <b>{value(change.to)}</b>
        {change.holds ? null : <span className="quiet small">({t('catalogue.superseded')})</span>}
      </div>
    </div>
  );
}

const isPrice = (path: readonly string[]): boolean => path.at(-1) === 'priceMinor' || path.at(-2) === 'prices';

function labelOf(path: readonly string[], t: TFunction, format: Format): string {
  const names = path.slice(2).filter((name) => name !== 'units' && name !== 'prices');
  return names
    .map((name) => {
      if (name === 'priceMinor' || name === 'active' || name === 'name') return t(`catalogue.field.${name}`);
      return /^\d{4}-\d{2}-\d{2}$/.test(name) ? format.shortDate(name) : name;
    })
    .join(' · ');
}

interface Writing {
  readonly t: TFunction;
  readonly format: Format;
  readonly currency: string;
}

function valueText(text: string | null, path: readonly string[], { t, format, currency }: Writing): string {
  if (text === null) return t('catalogue.none');
  if (isPrice(path)) return `${format.amount(Number(text), currency)} ${format.currency(currency)}`;
  if (text === 'true') return t('catalogue.yes');
  return text === 'false' ? t('catalogue.no') : text;
}
