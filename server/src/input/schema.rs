//! A type's OpenAPI schema, compiled into rules that are quick to check.

use std::collections::HashMap;

use poem_openapi::registry::{MetaDiscriminatorObject, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use regex::Regex;
use serde_json::Value;

/// The rules for one type and everything that it refers to.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) root: Node,
    named: HashMap<String, Rules>,
}

/// A set of rules, or the name of one (types may contain themselves).
#[derive(Debug)]
pub(super) enum Node {
    Named(String),
    Inline(Box<Rules>),
}

/// The kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    Text,
    Integer,
    Number,
    Boolean,
    List,
    Object,
}

/// What one value must fulfil. As in JSON Schema, rules for another kind than the value's are mute.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    pub(super) choices: Vec<Value>,
    pub(super) text: TextRules,
    pub(super) number: NumberRules,
    pub(super) list: ListRules,
    pub(super) object: ObjectRules,
    pub(super) all: Vec<Node>,
    pub(super) any: Vec<Node>,
    pub(super) tag: Option<Tag>,
}

#[derive(Debug)]
pub(super) struct TextRules {
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) pattern: Option<Regex>,
    pub(super) format: Option<&'static str>,
}

#[derive(Debug)]
pub(super) struct NumberRules {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) above: bool,
    pub(super) below: bool,
    pub(super) step: Option<f64>,
    /// What the integer type itself can hold.
    pub(super) holds: Option<(i128, i128)>,
}

#[derive(Debug)]
pub(super) struct ListRules {
    pub(super) items: Option<Node>,
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) unique: bool,
}

#[derive(Debug)]
pub(super) struct ObjectRules {
    pub(super) fields: Vec<Field>,
    /// The rules of all other keys, where a map accepts any.
    pub(super) rest: Option<Node>,
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) node: Node,
    pub(super) required: bool,
}

/// The property that says which alternative of a union is meant.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) property: &'static str,
    pub(super) alternatives: Vec<(String, Node)>,
}

/// Which keys an object may have.
pub(super) struct Shape<'a> {
    pub(super) is_object: bool,
    pub(super) names: Vec<&'a str>,
    pub(super) rest: Option<&'a Node>,
}

impl Schema {
    pub(super) fn of<T: Type>() -> Self {
        let mut registry = Registry::new();
        T::register(&mut registry);
        let root = node(&T::schema_ref());
        let named =
            registry.schemas.iter().map(|(name, schema)| (name.clone(), rules(schema))).collect();
        Self { root, named }
    }

    /// Follows a name. A name that nobody registered has no rules.
    pub(super) fn resolve<'a>(&'a self, node: &'a Node) -> Option<&'a Rules> {
        match node {
            Node::Inline(rules) => Some(rules),
            Node::Named(name) => self.named.get(name),
        }
    }

    /// The keys of an object, gathered over all parts that it is composed of.
    pub(super) fn shape<'a>(&'a self, rules: &'a Rules) -> Shape<'a> {
        let mut shape = Shape {
            is_object: rules.kind == Kind::Object,
            names: rules.object.fields.iter().map(|field| field.name).collect(),
            rest: rules.object.rest.as_ref(),
        };
        for part in rules.all.iter().filter_map(|part| self.resolve(part)) {
            let part = self.shape(part);
            shape.is_object |= part.is_object;
            shape.names.extend(part.names);
            shape.rest = shape.rest.or(part.rest);
        }
        shape
    }
}

fn node(schema: &MetaSchemaRef) -> Node {
    match schema {
        MetaSchemaRef::Inline(schema) => Node::Inline(Box::new(rules(schema))),
        MetaSchemaRef::Reference(name) => Node::Named(name.clone()),
    }
}

fn nodes(schemas: &[MetaSchemaRef]) -> Vec<Node> {
    schemas.iter().map(node).collect()
}

fn rules(schema: &MetaSchema) -> Rules {
    let kind = match schema.ty {
        "string" => Kind::Text,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        "array" => Kind::List,
        "object" => Kind::Object,
        _ => Kind::Any,
    };
    let mut any = nodes(&schema.any_of);
    any.extend(nodes(&schema.one_of));
    Rules {
        kind,
        nullable: schema.nullable,
        choices: schema.enum_items.clone(),
        text: TextRules {
            min: schema.min_length,
            max: schema.max_length,
            // poem-openapi refuses a pattern that doesn't compile at build time.
            pattern: schema.pattern.as_deref().and_then(|pattern| Regex::new(pattern).ok()),
            format: schema.format,
        },
        number: NumberRules {
            min: schema.minimum,
            max: schema.maximum,
            above: schema.exclusive_minimum.unwrap_or_default(),
            below: schema.exclusive_maximum.unwrap_or_default(),
            step: schema.multiple_of,
            holds: schema.format.and_then(holds),
        },
        list: ListRules {
            items: schema.items.as_deref().map(node),
            // Arrays of a fixed length say so with the words for texts.
            min: schema.min_items.or(schema.min_length),
            max: schema.max_items.or(schema.max_length),
            unique: schema.unique_items.unwrap_or_default(),
        },
        object: ObjectRules {
            fields: fields(schema),
            rest: schema.additional_properties.as_deref().map(node),
            min: schema.min_properties,
            max: schema.max_properties,
        },
        all: nodes(&schema.all_of),
        any,
        tag: schema.discriminator.as_ref().map(tag),
    }
}

fn fields(schema: &MetaSchema) -> Vec<Field> {
    let read_only = |schema: &MetaSchemaRef| match schema {
        MetaSchemaRef::Inline(schema) => schema.read_only,
        MetaSchemaRef::Reference(_) => false,
    };
    let fields = schema.properties.iter().filter(|(_, schema)| !read_only(schema));
    fields
        .map(|(name, schema_ref)| Field {
            name,
            node: node(schema_ref),
            required: schema.required.contains(name),
        })
        .collect()
}

fn tag(discriminator: &MetaDiscriminatorObject) -> Tag {
    let alternatives = discriminator.mapping.iter().map(|(value, reference)| {
        let name = reference.strip_prefix("#/components/schemas/").unwrap_or(reference);
        (value.clone(), Node::Named(name.to_owned()))
    });
    Tag { property: discriminator.property_name, alternatives: alternatives.collect() }
}

fn holds(format: &str) -> Option<(i128, i128)> {
    Some(match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" => (0, u64::MAX.into()),
        _ => return None,
    })
}
