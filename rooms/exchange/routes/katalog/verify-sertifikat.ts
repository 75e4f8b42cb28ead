import { caller } from '@grunnmur/access';
import { STREAMED } from '@grunnmur/kernel/http';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { check } from '../../service/kontoer/invalid.ts';
import { verifyCertificate } from '../../service/kontoer/verify-certificate.ts';
import { documented } from '../shared/konto-route-deps.ts';
import { readSmallForm } from '../shared/read-form.ts';
import { CertificateVerdict, KATALOG_TAG } from './models.ts';

const Form = Type.Object(
  {
    file: Type.String({ format: 'binary' }),
    format: Type.Enum(['PEM', 'P12']),
    passord: Type.Optional(Type.String()),
  },
  STREAMED,
);

/** `POST /sertifikat/verifiser`: could this file be a konto's key? Nothing of it is kept. */
export function verifySertifikat(scope: FastifyInstance): void {
  scope.post(
    '/sertifikat/verifiser',
    {
      schema: documented(
        KATALOG_TAG,
        'fiksIoKatalog_verifiserSertifikat',
        'Kan sertifikatet brukes?',
        { 200: CertificateVerdict },
        { body: Form, consumes: ['multipart/form-data'] },
      ),
    },
    async (request) => {
      const form = await readSmallForm(request);
      const file = form.get('file');
      check(file !== undefined && file.length > 0, 'file', 'required', 'mangler');
      const format = form.get('format')?.toString('utf8').trim();
      check(format === 'PEM' || format === 'P12', 'format', 'enum', 'må være en av PEM, P12');
      const passord = form.get('passord')?.toString('utf8') ?? '';
      check(passord.length <= 1000, 'passord', 'maxLength', 'høyst 1000');
      return verifyCertificate(file, format, passord, caller(request).ctx.now());
    },
  );
}
