import { Button, Select, Stack, TextInput } from '@mantine/core';
import { CASE_OUTCOMES, type CaseOutcome } from '@skygate/shared/hq-api/cases';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCloseCase } from '../api/case-queries.ts';
import { FormError } from '../layout/states.tsx';

/** What came out of a case, and why: by name, and for good. */
export function CloseCaseForm({ park, caseId }: { readonly park: string; readonly caseId: string }) {
  const { t } = useTranslation();
  const close = useCloseCase(park, caseId);
  const [outcome, setOutcome] = useState<CaseOutcome | null>(null);
  const [reason, setReason] = useState('');
  return (
    <section className="card">
      <h2 className="section-title">{t('cases.closeTitle')}</h2>
      <Stack mt="md" maw={560}>
        <Select
          size="md"
          label={t('cases.outcomeLabel')}
          placeholder={t('cases.choose')}
          data={CASE_OUTCOMES.map((value) => ({ value, label: t(`cases.outcome.${value}`) }))}
          value={outcome}
          onChange={(value) => setOutcome(CASE_OUTCOMES.find((one) => one === value) ?? null)}
          comboboxProps={{ withinPortal: true }}
        />
        <TextInput
          size="md"
          label={t('action.reason')}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <FormError error={close.error} />
        <div>
          <Button
            size="md"
            loading={close.isPending}
            disabled={outcome === null || reason.trim() === ''}
            onClick={() => outcome !== null && close.mutate({ outcome, reason: reason.trim() })}
          >
            {t('cases.close')}
          </Button>
        </div>
      </Stack>
    </section>
  );
}
