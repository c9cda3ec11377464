fn main() {
    let t = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    let s = sprag::parse::sql::read(&t);
    println!("{} statements {} opaque", s.statements, s.opaque);
    for c in s.changes {
        println!("{:?} {:?} @ {:?}", c.certainty, c.op, &t[c.span.clone()]);
    }
}
