import type { Path } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../model/origin.ts';
import type { SourceDocument } from '../model/source-document.ts';
import { Field, type Source } from './field.ts';
import type { Journal, Place } from './journal.ts';

/** Fields of one document that is not merged with others: smartstack.yaml, deployments.json. */
export function documentField(journal: Journal, document: SourceDocument, path: Path): Field {
  let field = new Field(new DocumentSource(journal, document), document.value);
  for (const step of path) field = field.at(step);
  return field;
}

class DocumentSource implements Source {
  readonly journal: Journal;
  readonly #document: SourceDocument;

  constructor(journal: Journal, document: SourceDocument) {
    this.journal = journal;
    this.#document = document;
  }

  placeOf(path: Path): Place {
    return { root: this.#document.root, file: this.#document.file, ...this.#document.locateNearest(path, 'value') };
  }

  originOf(path: Path): Origin {
    const { root, file } = this.#document;
    const span = this.#document.locate(path, 'value');
    return { kind: 'input', root, file, path, ...(span && { span }) };
  }
}
