import { Ajv2020 } from 'ajv/dist/2020.js';
import { _, type CodeKeywordDefinition, type KeywordCxt, type Options } from 'ajv';
import { duplicateItem } from './duplicate-item.ts';

/** Keywords of ours that say something about a schema and check nothing. */
const ANNOTATIONS = [
  'markdownDescription',
  'x-at',
  'x-class',
  'x-default',
  'x-effect',
  'x-ignored',
  'x-message',
  'x-name',
  'x-note',
  'x-policy',
  'x-secret',
  'x-source',
];

/** Keywords that report each use of a key that carries them; the error has the keyword's name. */
const NOTES = ['deprecated', 'x-no-effect', 'x-eks-only', 'x-unlisted'];

/** Where standalone code finds `duplicateItem`; the bundler puts it in. */
const DUPLICATE_ITEM = _`require("./duplicate-item.ts").duplicateItem`;

/**
 * An ajv for draft 2020-12 with this project's keywords. Every error is reported and carries the schema and the value it
 * is about, from which `constraintClass` tells how bad it is; there are no messages. Schemas are checked strictly.
 */
export function createAjv(options: Options = {}): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    allErrors: true,
    verbose: true,
    messages: false,
    ...options,
  });
  ajv.addVocabulary(ANNOTATIONS);
  ajv.removeKeyword('deprecated');
  for (const keyword of NOTES) ajv.addKeyword(note(keyword));
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword(uniqueItems);
  return ajv;
}

function note(keyword: string): CodeKeywordDefinition {
  return {
    keyword,
    schemaType: 'boolean',
    code(cxt: KeywordCxt) {
      if (cxt.schema === true) cxt.fail(_`true`);
    },
  };
}

/** As the standard keyword, in time linear in the size of the list. Its parameters are the two positions, `i` and `j`. */
const uniqueItems: CodeKeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  error: {
    message: 'must not have equal items',
    params: ({ params }) => _`{i: ${params['found']}[0], j: ${params['found']}[1]}`,
  },
  code(cxt: KeywordCxt) {
    if (cxt.schema !== true) return;
    const find = cxt.gen.scopeValue('func', { ref: duplicateItem, code: DUPLICATE_ITEM });
    const found = cxt.gen.const('found', _`${find}(${cxt.data})`);
    cxt.setParams({ found });
    cxt.fail(_`${found} !== null`);
  },
};
