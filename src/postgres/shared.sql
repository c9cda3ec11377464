select 'role', quote_ident(r.rolname), jsonb_build_object('super', rolsuper, 'inherit', rolinherit, 'createrole', rolcreaterole, 'createdb', rolcreatedb, 'login', rolcanlogin, 'repl', rolreplication, 'bypassrls', rolbypassrls,
       'memberof', (select jsonb_agg(pg_get_userbyid(m.roleid) order by pg_get_userbyid(m.roleid)) from pg_auth_members m where m.member = r.oid)), jsonb_build_object('oid', r.oid::int8) from pg_roles r where rolname !~ '^pg_'
union all
select 'setting', coalesce((select datname from pg_database where oid = s.setdatabase and datname <> current_database()), case when s.setdatabase = 0 then '*' else '<db>' end)||':'||case when s.setrole=0 then '*' else pg_get_userbyid(s.setrole) end, to_jsonb(s.setconfig), '{}'::jsonb from pg_db_role_setting s
  where s.setdatabase = 0 or s.setdatabase = (select oid from pg_database where datname = current_database())
