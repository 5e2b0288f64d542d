import { Button, Stack, TextInput } from '@mantine/core';
import { ID_PATTERN } from '@skygate/shared/lib/ids';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useVoidTicket } from '../api/park-queries.ts';
import { FormError } from '../layout/states.tsx';

const TICKET_ID = new RegExp(ID_PATTERN);

export function VoidForm({ park }: { readonly park: string }) {
  const { t } = useTranslation();
  const voidTicket = useVoidTicket(park);
  const [ticketId, setTicketId] = useState('');
  const [reason, setReason] = useState('');
  const complete = TICKET_ID.test(ticketId) && reason.trim() !== '';
  return (
    <section className="card">
      <h2 className="section-title">{t('tickets.voidTitle')}</h2>
      <div className="quiet">{t('tickets.voidHint')}</div>
      <Stack mt="md">
        <TextInput
          size="md"
          label={t('tickets.number')}
          maxLength={24}
          value={ticketId}
          onChange={(event) => setTicketId(event.currentTarget.value.replace(/[\s-]/g, '').toUpperCase())}
        />
        <TextInput
          size="md"
          label={t('action.reason')}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <FormError error={voidTicket.error} />
        <div>
          <Button
            size="md"
            color="red"
            variant="light"
            loading={voidTicket.isPending}
            disabled={!complete}
            onClick={() => voidTicket.mutate({ ticketId, reason: reason.trim() })}
          >
            {t('tickets.void')}
          </Button>
        </div>
        {voidTicket.isSuccess ? (
          <div role="status" className="notice">
            {t('tickets.voided', { ticket: voidTicket.variables.ticketId })}
          </div>
        ) : null}
      </Stack>
    </section>
  );
}
