import { type Address, fullName, personNumberFault, personNumberRules } from '@grunnmur/registers';
import { createRegistersRoom, type RegistersRoom } from '@grunnmur/registers/create';
import { FOLKEREGISTER_PATH, FOLKEREGISTER_SCOPE } from '@grunnmur/registers/simulators';
import { CliError, EXIT, said } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { PostalAddress, Recipient } from './recipient.ts';
import { parseAddress, parseRecipientId } from './recipient.ts';
import type { SenderClient } from './sender-client.ts';

export interface RecipientWish {
  readonly to: string;
  readonly name?: string;
  readonly address?: string;
  /** No paper: then no address is needed. */
  readonly digitalOnly: boolean;
}

interface Found {
  readonly navn: string;
  /** Undefined when it is graded or unknown. */
  readonly address: Address | undefined;
  readonly isProtected: boolean;
}

/**
 * Name and address as the caller gives them; in a demonstration what is missing comes from the simulated registers, as
 * a sender system would fetch it from the real ones.
 */
export async function lookUpRecipient(io: Io, client: SenderClient, wish: RecipientWish): Promise<Recipient> {
  const digitalId = parseRecipientId(wish.to);
  refuseRealPerson(client, digitalId);
  const given = wish.address === undefined ? undefined : parseAddress(wish.address);
  const complete = wish.name !== undefined && (given !== undefined || wish.digitalOnly);
  const found = complete ? undefined : await findInRegisters(io, client, digitalId);
  const navn = wish.name ?? found?.navn;
  if (navn === undefined) throw missing('--name');
  const address = given ?? (wish.digitalOnly ? {} : found?.address && fromRegister(found.address));
  if (address) return { navn, digitalId, ...address };
  if (found?.isProtected) {
    throw new CliError(EXIT.failed, said('cli.error.protected'), { hint: said('cli.hint.protected') });
  }
  throw missing('--address');
}

/** As the demonstration itself would, and before it asks for a name. */
function refuseRealPerson({ access }: SenderClient, id: string): void {
  if (id.length !== 11 || personNumberFault(id, personNumberRules(access.demonstration)) !== 'real') return;
  throw new CliError(EXIT.usage, said('cli.error.real_number', { text: id }), {
    hint: said('cli.hint.real_number'),
  });
}

function missing(option: '--name' | '--address'): CliError {
  return new CliError(EXIT.usage, said('cli.error.missing', { what: option }), {
    hint: said('cli.hint.recipient_data'),
  });
}

async function findInRegisters(io: Io, client: SenderClient, id: string): Promise<Found | undefined> {
  if (!client.access.demonstration || !(await mayAskRegisters(client))) return undefined;
  const registers = openRegisters(io, client);
  try {
    return id.length === 11 ? await findPerson(registers, id) : await findOrganisation(registers, id);
  } catch (error) {
    if (io.signal.aborted || error instanceof CliError) throw error;
    throw new CliError(EXIT.unreachable, said('cli.error.registers', { reason: (error as Error).message }), {
      cause: error,
      hint: said('cli.hint.recipient_data'),
    });
  } finally {
    await registers.room.stop?.();
  }
}

/** Not every sender has been given the scope; then its user names the recipient. */
async function mayAskRegisters(client: SenderClient): Promise<boolean> {
  return client.token(FOLKEREGISTER_SCOPE).then(
    () => true,
    (error: unknown) => {
      if (error instanceof CliError && error.exitCode === EXIT.refused) return false;
      throw error;
    },
  );
}

function openRegisters(io: Io, client: SenderClient): RegistersRoom {
  const simulators = `${client.access.baseUrl}/simulator`;
  return createRegistersRoom({
    krr: { baseUrl: `${simulators}/krr`, token: () => client.token(FOLKEREGISTER_SCOPE) },
    enhetsregisteret: { baseUrl: `${simulators}/enhetsregisteret` },
    folkeregister: {
      baseUrl: `${simulators}/folkeregisteret${FOLKEREGISTER_PATH}`,
      token: () => client.token(FOLKEREGISTER_SCOPE),
    },
    synthetic: true,
    now: io.now,
  });
}

async function findPerson({ population }: RegistersRoom, fnr: string): Promise<Found | undefined> {
  const person = await population.find(fnr);
  if (!person) return undefined;
  const isProtected = person.protection === 'confidential' || person.protection === 'strictly-confidential';
  return { navn: fullName(person.name), address: person.address, isProtected };
}

async function findOrganisation({ organisations }: RegistersRoom, orgnr: string): Promise<Found | undefined> {
  const organisation = await organisations.find(orgnr);
  if (!organisation) return undefined;
  const address = organisation.postalAddress ?? organisation.businessAddress;
  return { navn: organisation.name, address, isProtected: false };
}

function fromRegister(address: Address): PostalAddress {
  const lines = address.lines.slice(0, 3).map((line, index) => [`adresselinje${index + 1}`, line]);
  return {
    ...Object.fromEntries(lines),
    postnummer: address.postalCode,
    poststed: address.city,
    ...(address.country === 'NO' ? {} : { land: address.country }),
  };
}
