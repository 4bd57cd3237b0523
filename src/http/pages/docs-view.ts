/** The parts of a schema that the page shows. */
interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: string[];
  const?: unknown;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
}
interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
  tags: { name: string }[];
}

export interface FieldView {
  name: string;
  type: string;
  required: boolean;
  about: string;
}
export interface OperationView {
  id: string;
  method: string;
  path: string;
  summary: string;
  about: string;
  parameters: FieldView[];
  body: FieldView[];
  answers: { status: string; shape: string }[];
}
export interface DocsView {
  groups: { name: string; operations: OperationView[] }[];
}

export function docsView(document: Document): DocsView {
  const operations = Object.entries(withoutReferences(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      tag: operation.tags?.[0],
      view: operationView(method, path, operation),
    })),
  );
  return {
    groups: document.tags.map(({ name }) => ({
      name,
      operations: operations.filter((o) => o.tag === name).map((o) => o.view),
    })),
  };
}

/** The document with each named schema in its place, as a reader wants to see it. */
function withoutReferences(document: Document): Document {
  const resolved = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(resolved);
    if (typeof part !== 'object' || part === null) return part;
    const { $ref } = part as Schema;
    if ($ref !== undefined) return resolved(document.components?.schemas?.[$ref.split('/').at(-1)!]);
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, resolved(value)]));
  };
  return { ...document, paths: resolved(document.paths) as Document['paths'] };
}

function operationView(method: string, path: string, operation: Operation): OperationView {
  const body = operation.requestBody?.content['application/json']?.schema;
  return {
    id: `${method}${path.replace(/[^a-z0-9]+/gi, '-')}`.replace(/-$/, ''),
    method: method.toUpperCase(),
    path,
    summary: operation.summary ?? '',
    about: operation.description ?? '',
    parameters: (operation.parameters ?? []).map((p) => ({
      name: p.name,
      type: typeName(p.schema),
      required: p.required ?? false,
      about: p.description ?? '',
    })),
    body: body ? fieldsOf(body) : [],
    answers: Object.entries(operation.responses).map(([status, { content }]) => ({
      status,
      shape: content ? outline(Object.values(content)[0]!.schema) : '',
    })),
  };
}

const fieldsOf = (schema: Schema): FieldView[] =>
  Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    type: typeName(field),
    required: schema.required?.includes(name) ?? false,
    about: field.description ?? '',
  }));

function typeName(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(typeName).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.join(' | ');
  if (schema.type === 'array') return `list of ${typeName(schema.items ?? {})}`;
  if (schema.minimum !== undefined && schema.maximum !== undefined)
    return `${schema.type} ${schema.minimum}–${schema.maximum}`;
  return schema.format ?? schema.type ?? 'any';
}

/** A schema as a sketch of the JSON it stands for. */
export function outline(schema: Schema, indent = ''): string {
  if (schema.type === 'array' && schema.items?.properties) return `[${outline(schema.items, indent)}, …]`;
  if (!schema.properties) return typeName(schema);
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties).map(([name, field]) => `${inner}"${name}": ${outline(field, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
