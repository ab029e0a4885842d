// SPDX-License-Identifier: Apache-2.0
//! JSON, read into a tree: as much of it as the case files have.

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

impl Json {
    pub fn read(path: &str) -> Json {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {}", path, e));
        let mut reader = Reader { text: text.as_bytes(), at: 0 };
        let value = reader.value();
        reader.space();
        assert!(reader.at == text.len(), "{}: more after the end", path);
        value
    }

    /// A member of a map, if it is there.
    pub fn find(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Map(members) => members.iter().find(|m| m.0 == name).map(|m| &m.1),
            _ => panic!("no map that could have {}", name),
        }
    }

    pub fn of(&self, name: &str) -> &Json {
        self.find(name).unwrap_or_else(|| panic!("there is no {}", name))
    }

    /// What is at the end of a path of names and places, to be changed.
    pub fn at(&mut self, path: &str) -> &mut Json {
        path.split('/').fold(self, |value, step| match value {
            Json::Map(members) => {
                &mut members.iter_mut().find(|m| m.0 == step).unwrap_or_else(|| panic!("no {}", step)).1
            }
            Json::List(items) => &mut items[step.parse::<usize>().expect("a place")],
            _ => panic!("nothing is in there: {}", step),
        })
    }

    pub fn list(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => panic!("no list: {:?}", self),
        }
    }

    pub fn members(&self) -> &[(String, Json)] {
        match self {
            Json::Map(members) => members,
            _ => panic!("no map: {:?}", self),
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Json::Text(text) => text,
            _ => panic!("no text: {:?}", self),
        }
    }

    pub fn int(&self) -> i64 {
        match self {
            Json::Int(number) => *number,
            Json::Bool(truth) => (*truth).into(),
            _ => panic!("no number: {:?}", self),
        }
    }

    /// Octets that are written in hexadecimal.
    pub fn octets(&self) -> Vec<u8> {
        let hex = self.text();
        (0..hex.len() / 2)
            .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hexadecimal"))
            .collect()
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        while self.text.get(self.at).map_or(false, u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> u8 {
        self.at += 1;
        self.text[self.at - 1]
    }

    /// Whether the next sign is that one; if so, it is passed.
    fn is(&mut self, sign: u8) -> bool {
        self.space();
        let is = self.text[self.at] == sign;
        self.at += usize::from(is);
        is
    }

    fn value(&mut self) -> Json {
        self.space();
        match self.text[self.at] {
            b'{' => Json::Map(self.items(b'}', |r| {
                r.space();
                let name = r.string();
                assert!(r.is(b':'));
                (name, r.value())
            })),
            b'[' => Json::List(self.items(b']', Reader::value)),
            b'"' => Json::Text(self.string()),
            _ => self.word(),
        }
    }

    fn items<T>(&mut self, end: u8, item: impl Fn(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        self.at += 1;
        if self.is(end) {
            return items;
        }
        loop {
            items.push(item(self));
            if self.is(end) {
                return items;
            }
            assert!(self.is(b','), "neither comma nor end at {}", self.at);
        }
    }

    fn word(&mut self) -> Json {
        let start = self.at;
        while self.text.get(self.at).map_or(false, |c| c.is_ascii_alphanumeric() || b"+-.".contains(c)) {
            self.at += 1;
        }
        match std::str::from_utf8(&self.text[start..self.at]).expect("ASCII") {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            number => Json::Int(number.parse().unwrap_or_else(|_| panic!("no number of ours: {}", number))),
        }
    }

    fn string(&mut self) -> String {
        let mut units: Vec<u16> = Vec::new();
        let mut octets: Vec<u8> = Vec::new();
        assert!(self.next() == b'"');
        loop {
            let c = self.next();
            let escaped = if c == b'\\' { Some(self.next()) } else { None };
            if escaped == Some(b'u') {
                let hex = std::str::from_utf8(&self.text[self.at..self.at + 4]).expect("ASCII");
                units.push(u16::from_str_radix(hex, 16).expect("four digits"));
                self.at += 4;
                continue;
            }
            // Two \u may be one character, so they are kept until something else comes.
            octets.extend(String::from_utf16(&units).expect("UTF-16").bytes());
            units.clear();
            match (c, escaped) {
                (b'"', _) => return String::from_utf8(octets).expect("UTF-8"),
                (_, Some(b'n')) => octets.push(b'\n'),
                (_, Some(b't')) => octets.push(b'\t'),
                (_, Some(b'r')) => octets.push(b'\r'),
                (_, Some(b'b')) => octets.push(8),
                (_, Some(b'f')) => octets.push(12),
                (_, Some(other)) => octets.push(other),
                _ => octets.push(c),
            }
        }
    }
}
