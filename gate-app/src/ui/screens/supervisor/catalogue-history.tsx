import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EditableProduct } from '../../../rpc-contract/catalogue-view.ts';
import { Pager, pageOf } from '../../components/pager.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { EmptyView, LoadingView } from '../../components/state-views.tsx';
import { useFormat } from '../../format/use-format.ts';
import { answerOf, useApi, useStatus } from '../../kiosk-provider.tsx';
import { momentWords } from '../gate/refusal-words.ts';
import { type EditWords, editWords } from './edit-words.ts';

const ENTRIES_A_PAGE = 5;

/** Who changed what, from what to what: here and at HQ. */
export function CatalogueHistory({ products }: { products: readonly EditableProduct[] }) {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const { nowMs } = useStatus();
  const [page, setPage] = useState(0);
  const asked = useQuery({ queryKey: ['catalogue-history'], queryFn: () => answerOf(api.getCatalogueHistory()) });
  if (asked.isPending) return <LoadingView />;
  if (asked.data?.ok === false) return <ProblemNote problem={asked.data.problem} />;
  const newest = [...(asked.data?.value ?? [])].sort((one, other) => other.atMs - one.atMs);
  const shown = pageOf(newest, page, ENTRIES_A_PAGE);
  if (newest.length === 0) return <EmptyView title={t('catalogue.historyEmpty')} />;
  return (
    <>
      <ul className="edits">
        {shown.items.map((entry) => (
          <li key={`${entry.node}-${entry.atMs}-${entry.about}`}>
            <div className="row spread">
              <span className="t2 semi clip">
                {entry.madeAt === 'hq' ? t('catalogue.byHq') : `${entry.actor} · ${entry.node}`}
              </span>
              <span className="t1 quiet">
                {!entry.inUse && `${t(entry.atHq ? 'catalogue.notPublished' : 'catalogue.notSent')} · `}
                {momentWords(entry.atMs, { t, time: format.time, nowMs })}
              </span>
            </div>
            {entry.changes.slice(0, 1).map((change) => (
              <EditLine
                key={change.path}
                words={editWords(change, { t, format, products })}
                more={entry.changes.length - 1}
              />
            ))}
          </li>
        ))}
      </ul>
      <Pager page={shown.page} pages={shown.pages} onPage={setPage} />
    </>
  );
}

function EditLine({ words, more }: { words: EditWords; more: number }) {
  const { t } = useTranslation();
  return (
    <p className="t1 quiet clip">
      {words.about}: {words.from} → <strong>{words.to}</strong>
      {more > 0 && ` ${t('catalogue.andMore', { count: more })}`}
    </p>
  );
}
