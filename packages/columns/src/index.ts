export { ColumnBuffer } from "./buffers/column-buffer.ts";
export { Lane, SharedLanes } from "./buffers/lane.ts";
export { RowColumns } from "./buffers/row-columns.ts";
export { writeUtf8 } from "./buffers/text.ts";
export { copyBytes, copyUnescaped, unescaping, type ViewedBytes } from "./cells/text-bytes.ts";
export { dayAt, readUsualInstant } from "./cells/times.ts";
export { columnErrorCatalogue, type ValueErrorCode } from "./errors.ts";
export { type KeptOptions, ParquetFile } from "./parquet/file.ts";
export { type GatheredFile, GatheredRows, mostGroupRows } from "./parquet/gathered-rows.ts";
export { type Compression, hasZstd } from "./parquet/kept-form.ts";
export { columnLabel } from "./parquet/layout.ts";
export { rangeOf } from "./parquet/range.ts";
export { quoteName, quoteText } from "./quote.ts";
export type { StreamColumns, TargetColumn } from "./target-column.ts";
export {
  type ColumnType,
  describeType,
  elementsOf,
  fractionDigits,
  isFixedType,
  isInteger,
  isMoney,
  isNumber,
  type Shape,
  type ShapeField,
  type SimpleKind,
  sameType,
  shapeOf,
} from "./types/column-type.ts";
export { allowsDigits } from "./types/declared-decimal.ts";
export { mayWiden } from "./types/may-widen.ts";
export { nestedType, widenedShape } from "./types/nested-type.ts";
export { columnType } from "./types/type-map.ts";
export { type TypeRules, type TypeSpelling, typeName } from "./types/type-rules.ts";
export { type WideningRules, widened, widenedFor } from "./types/widen.ts";
export { type Clock, checkFraction, readDate, readInstant, readTime } from "./values/calendar.ts";
export { ColumnFeed } from "./values/column-feed.ts";
export { DeletesArrived } from "./values/delete-records.ts";
export { type Digits, digitsOf, moreDigits, scaledDigits } from "./values/digits.ts";
export { readBase64, readUuid } from "./values/encoded.ts";
export type { AppendValues, FeedColumn } from "./values/fed-column.ts";
export { intervalText, readInterval } from "./values/interval.ts";
export { decimalText, integerText, readDouble, readReal, surelyExactDigits } from "./values/numbers.ts";
export { PartialRowsArrived, unchangedColumns, unchangedMark } from "./values/partial-records.ts";
export { Refusal } from "./values/refusal.ts";
export { jsonText, plainText, textReader } from "./values/text.ts";
export { TooNarrow } from "./values/too-narrow.ts";
export { ExtraColumnMissing, type UnknownFields } from "./values/unknown-fields.ts";
export type { EpochUnit, ValueRules } from "./values/value-rules.ts";
