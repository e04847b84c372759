/**
 * A graph as an ONNX model (https://onnx.ai/onnx/repo-docs/IR.html).
 * @module
 */
import { parse, relative } from 'node:path';
import onnxProto from 'onnx-proto';
import type { Attribute, DataType, Graph, Initializer, Node, Tensor } from './graph.js';
import { fileOrder, liveNodes } from './schedule.js';

const { onnx } = onnxProto;
const TYPES = onnx.TensorProto.DataType;

const DATA_TYPES: Record<DataType, number> = {
  float32: TYPES.FLOAT,
  float64: TYPES.DOUBLE,
  int64: TYPES.INT64,
  int32: TYPES.INT32,
  bool: TYPES.BOOL,
  uint8: TYPES.UINT8,
  int8: TYPES.INT8,
  bfloat16: TYPES.BFLOAT16,
};

/**
 * The model's bytes. Mapped weights are named relative to the root of the file system, which the
 * session is told to be the folder of external data (`engine/onnx/session.ts`).
 */
export function encodeModel(graph: Graph): Uint8Array {
  const nodes = liveNodes(graph);
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const written = new Set(nodes.flatMap((node) => node.outputs));
  for (const output of graph.outputs) written.delete(output.name);
  return onnx.ModelProto.encode({
    irVersion: 10,
    opsetImport: [
      { domain: '', version: 21 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'attune',
      node: fileOrder(nodes).map(encodeNode),
      initializer: graph.initializers.filter(({ tensor }) => read.has(tensor.name)).map(encodeInitializer),
      input: graph.inputs.filter((input) => read.has(input.name)).map(encodeValue),
      output: graph.outputs.map(encodeValue),
      // Where sizes are not declared the runtime finds no memory to use again, and searches for it ten times as long.
      valueInfo: graph.results.filter((result) => written.has(result.name)).map(encodeValue),
    },
  }).finish();
}

/** Names of the inputs that some output depends on; the runtime refuses others. */
export function readInputs(graph: Graph): Set<string> {
  const read = new Set(liveNodes(graph).flatMap((node) => node.inputs));
  return new Set(graph.inputs.map((input) => input.name).filter((name) => read.has(name)));
}

function encodeNode(node: Node): InstanceType<typeof onnx.NodeProto> {
  return onnx.NodeProto.create({
    name: node.outputs[0]!,
    opType: node.opType,
    domain: node.domain,
    input: node.inputs,
    output: node.outputs,
    attribute: Object.entries(node.attributes).map(([name, value]) => encodeAttribute(name, value)),
  });
}

function encodeAttribute(name: string, value: Attribute): InstanceType<typeof onnx.AttributeProto> {
  const kinds = onnx.AttributeProto.AttributeType;
  const fields =
    'int' in value
      ? { type: kinds.INT, i: value.int }
      : 'float' in value
        ? { type: kinds.FLOAT, f: value.float }
        : 'ints' in value
          ? { type: kinds.INTS, ints: value.ints }
          : { type: kinds.STRING, s: Buffer.from(value.string) };
  return onnx.AttributeProto.create({ name, ...fields });
}

function encodeInitializer({ tensor, data }: Initializer): InstanceType<typeof onnx.TensorProto> {
  const common = { name: tensor.name, dataType: DATA_TYPES[tensor.dtype], dims: tensor.shape as number[] };
  if (!('file' in data)) {
    return onnx.TensorProto.create({
      ...common,
      rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    });
  }
  const location = relative(parse(data.file).root, data.file).replaceAll('\\', '/');
  return onnx.TensorProto.create({
    ...common,
    dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: location },
      { key: 'offset', value: String(data.offset) },
      { key: 'length', value: String(data.byteLength) },
    ],
  });
}

function encodeValue(tensor: Tensor): InstanceType<typeof onnx.ValueInfoProto> {
  return onnx.ValueInfoProto.create({
    name: tensor.name,
    type: {
      tensorType: {
        elemType: DATA_TYPES[tensor.dtype],
        shape: {
          dim: tensor.shape.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })),
        },
      },
    },
  });
}
