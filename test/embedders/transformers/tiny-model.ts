/** Writes a tiny sentence model in the layout of the hub: an ONNX file of one embedding table, and a tokenizer. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each word and its vector, `[UNK]` for all others; the pipeline averages them. */
export type TinyVocabulary = Readonly<Record<string, readonly number[]>>;

const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/** Make `folder/name/` a model that `feature-extraction` loads. Other special tokens have the zero vector. */
export function writeTinyModel(folder: string, name: string, vocabulary: TinyVocabulary): void {
  const words = Object.keys(vocabulary).filter((word) => !specialTokens.some((token) => token === word));
  const width = vocabulary[words[0]!]!.length;
  const tokens = [...specialTokens, ...words];
  const rows = tokens.map((token) => vocabulary[token] ?? new Array<number>(width).fill(0));
  const root = join(folder, name);
  mkdirSync(join(root, 'onnx'), { recursive: true });
  writeFileSync(join(root, 'onnx', 'model.onnx'), encodeModel(rows, width));
  writeJson(join(root, 'config.json'), { model_type: 'bert', hidden_size: width, vocab_size: tokens.length });
  writeJson(join(root, 'tokenizer.json'), describeTokenizer(tokens));
  writeJson(join(root, 'tokenizer_config.json'), {
    tokenizer_class: 'BertTokenizer',
    model_max_length: 64,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    mask_token: '[MASK]',
  });
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, JSON.stringify(value));
}

function describeTokenizer(tokens: readonly string[]): object {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      unk_token: '[UNK]',
    },
  };
}

/** ONNX's protobuf by hand: `last_hidden_state = Gather(table, input_ids)`; field numbers as in onnx.proto3. */
function encodeModel(rows: readonly (readonly number[])[], width: number): Uint8Array {
  const gather = message([
    text(1, 'table'),
    text(1, 'input_ids'),
    text(2, 'last_hidden_state'),
    text(4, 'Gather'),
  ]);
  const raw = new Uint8Array(Float32Array.from(rows.flat()).buffer);
  const table = message([
    number(1, rows.length),
    number(1, width),
    number(2, float32),
    text(8, 'table'),
    field(9, raw),
  ]);
  const graph = message([
    field(1, gather),
    text(2, 'tiny'),
    field(5, table),
    field(11, describeValue('input_ids', int64, ['batch', 'length'])),
    field(11, describeValue('attention_mask', int64, ['batch', 'length'])),
    field(12, describeValue('last_hidden_state', float32, ['batch', 'length', width])),
  ]);
  return message([number(1, 8), field(7, graph), field(8, message([number(2, 13)]))]);
}

const float32 = 1;
const int64 = 7;

function describeValue(name: string, element: number, shape: readonly (string | number)[]): Uint8Array {
  const dimensions = shape.map((size) =>
    field(1, typeof size === 'number' ? number(1, size) : text(2, size)),
  );
  const tensor = message([number(1, element), field(2, message(dimensions))]);
  return message([text(1, name), field(2, field(1, tensor))]);
}

function message(fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields);
}

function number(id: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(id << 3), ...varint(value)]);
}

function text(id: number, value: string): Uint8Array {
  return field(id, Buffer.from(value, 'utf8'));
}

function field(id: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from([...varint((id << 3) | 2), ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}
