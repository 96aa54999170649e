select json_build_object(
    'business', (
        select json_build_object('name', t.name, 'slug', t.slug, 'currency', t.currency,
                                 'country', t.country, 'locale', t.locale,
                                 'has_memberships', exists (
                                     select 1 from membership_plans p where p.tenant_id = $1))
        from tenants t where t.id = $1),
    'messages', (select to_jsonb(s) from message_settings s where s.tenant_id = $1),
    'location', (
        select json_build_object('name', l.name, 'address', l.address, 'time_zone', l.time_zone)
        from locations l where l.tenant_id = $1 and l.id = $2),
    'hours', (
        select coalesce(json_agg(json_build_array(h.weekday, h.opens, h.closes)), '[]')
        from location_hours h where h.tenant_id = $1 and h.location_id = $2),
    'days', (
        select coalesce(json_agg(json_build_object('day', d.day, 'opens', d.opens, 'closes', d.closes)), '[]')
        from location_days d where d.tenant_id = $1 and d.location_id = $2 and d.day >= $3),
    'closures', (
        select coalesce(json_agg(json_build_array(c.first_day, c.last_day)), '[]')
        from closures c
        where c.tenant_id = $1 and (c.location_id is null or c.location_id = $2) and c.last_day >= $3),
    'policy', (select to_json(p) from booking_policies p where p.tenant_id = $1),
    'services', (
        select coalesce(json_agg(json_build_object(
            'id', s.id, 'name', s.name, 'duration_minutes', s.duration_minutes,
            'price_minor', s.price_minor, 'price_for', s.price_for,
            'buffer_before_minutes', s.buffer_before_minutes,
            'buffer_after_minutes', s.buffer_after_minutes,
            'online', s.online, 'members_only', s.members_only,
            'min_customers', s.min_customers, 'max_customers', s.max_customers,
            'staff_per_customer', s.staff_per_customer, 'needs_room', s.needs_room,
            'room_features', s.room_features, 'room_features_for_two', s.room_features_for_two,
            'deposit_kind', s.deposit_kind, 'deposit_value', s.deposit_value,
            'policy', case when p.service_id is not null then to_json(p) end,
            'addons', coalesce(a.ids, '[]'), 'forms', coalesce(f.forms, '[]'))), '[]')
        from services s
        left join service_policies p on p.tenant_id = s.tenant_id and p.service_id = s.id
        left join (
            select g.service_id, json_agg(g.addon_id) as ids
            from service_addons g
            join addons a on a.tenant_id = g.tenant_id and a.id = g.addon_id and a.archived_at is null
            where g.tenant_id = $1 group by g.service_id
        ) a on a.service_id = s.id
        left join (
            select g.service_id,
                   json_agg(json_build_array(f.id, f.version, f.kind = 'consent', f.name)
                            order by f.kind desc, f.name) as forms
            from service_forms g
            join forms f on f.tenant_id = g.tenant_id and f.id = g.form_id and f.archived_at is null
            where g.tenant_id = $1 group by g.service_id
        ) f on f.service_id = s.id
        where s.tenant_id = $1 and s.archived_at is null),
    'addons', (
        select coalesce(json_agg(json_build_object('id', a.id, 'name', a.name,
                                                   'duration_minutes', a.duration_minutes,
                                                   'price_minor', a.price_minor)), '[]')
        from addons a where a.tenant_id = $1 and a.archived_at is null),
    'packages', (
        select coalesce(json_agg(json_build_object(
            'id', k.id, 'name', k.name, 'mode', k.mode, 'price_minor', k.price_minor,
            'online', k.online, 'items', coalesce(i.items, '[]'))), '[]')
        from packages k
        left join (
            select i.package_id, json_agg(i.service_id order by i.position) as items
            from package_items i where i.tenant_id = $1 group by i.package_id
        ) i on i.package_id = k.id
        where k.tenant_id = $1 and k.archived_at is null),
    'staff', (
        select coalesce(json_agg(json_build_object(
            'id', m.id, 'name', m.name, 'online', m.online, 'default_room_id', m.default_room_id,
            'daily_cap', m.daily_cap, 'places', coalesce(w.places, '[]'),
            'skills', coalesce(k.skills, '[]'), 'hours', coalesce(h.hours, '[]'),
            'days', coalesce(d.days, '[]'), 'time_off', coalesce(o.spans, '[]'))
            order by m.position, m.id), '[]')
        from staff m
        left join (
            select p.staff_id, json_agg(distinct p.location_id) as places
            from (
                select staff_id, location_id from staff_hours where tenant_id = $1
                union
                select staff_id, location_id from staff_days where tenant_id = $1 and day >= $3
            ) p group by p.staff_id
        ) w on w.staff_id = m.id
        left join (
            select s.staff_id,
                   json_agg(json_build_array(s.service_id, s.duration_minutes, s.price_minor)) as skills
            from staff_services s where s.tenant_id = $1 group by s.staff_id
        ) k on k.staff_id = m.id
        left join (
            select h.staff_id,
                   json_agg(json_build_array(h.kind, h.weekday, h.opens, h.closes)) as hours
            from staff_hours h where h.tenant_id = $1 and h.location_id = $2 group by h.staff_id
        ) h on h.staff_id = m.id
        left join (
            select d.staff_id,
                   json_agg(json_build_object('day', d.day, 'opens', d.opens, 'closes', d.closes)) as days
            from staff_days d
            where d.tenant_id = $1 and d.location_id = $2 and d.day >= $3 group by d.staff_id
        ) d on d.staff_id = m.id
        left join (
            select o.staff_id, json_agg(json_build_array(o.starts_at, o.ends_at)) as spans
            from time_off o where o.tenant_id = $1 and o.ends_at >= $3::date group by o.staff_id
        ) o on o.staff_id = m.id
        where m.tenant_id = $1 and m.archived_at is null),
    'rooms', (
        select coalesce(json_agg(json_build_object(
            'id', r.id, 'name', r.name, 'places', r.places, 'features', coalesce(f.features, '[]'))
            order by r.position, r.id), '[]')
        from rooms r
        left join (
            select f.room_id, json_agg(json_build_array(f.feature, f.preference)) as features
            from room_features f where f.tenant_id = $1 group by f.room_id
        ) f on f.room_id = r.id
        where r.tenant_id = $1 and r.location_id = $2 and r.archived_at is null)
) as shop
