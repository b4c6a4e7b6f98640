#include "sim/scene_match.h"

#include "core/pkt.h"

static struct limit_rate draw_rate(struct sim_random *r, uint32_t most)
{
	return (struct limit_rate){ .rate = 1 + sim_random_below(r, most),
		                    .burst = 1 + sim_random_below(r, most),
		                    .time_s = sim_random_chance(r, 4000)
		                                      ? 1
		                                      : 1 + sim_random_below(r, 60) };
}

void scene_match_memory(struct sim_random *r, struct rule_spec *spec)
{
	bool negate = sim_random_chance(r, 600);

	switch (sim_random_below(r, 120)) {
	case 0:
		spec->limit = (struct match_limit){ .on = true,
			                            .negate = negate,
			                            .bits = sim_random_chance(r, 4000),
			                            .rate = draw_rate(r, 2000) };
		break;
	case 1:
		spec->dst_limit =
			(struct match_dst_limit){ .on = true,
			                          .negate = negate,
			                          .by = (uint8_t)sim_random_below(r,
			                                                          LIMIT_BY_COUNT),
			                          .rate = draw_rate(r, 5),
			                          .expire_s = 1 + sim_random_below(r, 100) };
		break;
	case 2:
		spec->connection_limit =
			(struct match_connections){ .on = true,
			                            .negate = negate,
			                            .bits = (uint8_t)sim_random_below(r, 33),
			                            .n = sim_random_below(r, 8) };
		break;
	case 3:
		spec->nth = (struct match_nth){ .on = true,
			                        .negate = negate,
			                        .every = 3,
			                        .packet = 1 + sim_random_below(r, 3) };
		break;
	case 4:
		spec->random = (struct match_number){ .on = true, .low = 50, .high = 50 };
		break;
	case 5:
		spec->connection_bytes = (struct match_bytes){
			.on = true, .negate = negate, .low = 200, .high = 5000
		};
		break;
	case 6:
		spec->time = (struct match_week){ .on = true,
			                          .negate = negate,
			                          .days = 0x7f,
			                          .to_s = sim_random_below(r, DAY_S) };
		break;
	default:
		break;
	}
}

void scene_match_kinds(struct sim_random *r, struct rule_spec *spec)
{
	struct match_bits type = { .on = true,
		                   .negate = sim_random_chance(r, 600),
		                   .bits = 1U << sim_random_below(r, ADDRESS_TYPES) };

	switch (sim_random_below(r, 40)) {
	case 0:
		spec->src_address_type = type;
		break;
	case 1:
		spec->dst_address_type = type;
		break;
	case 2:
		spec->classifier = (struct match_classifier){ .on = true,
			                                      .by = (uint8_t)sim_random_below(
								      r, CLASSIFY_COUNT),
			                                      .denominator = 2,
			                                      .remainder = sim_random_below(r, 2) };
		break;
	case 3:
		spec->ipv4_options =
			(struct match_kind){ .on = true,
			                     .kind = (uint8_t)sim_random_below(r, OPTIONS_COUNT) };
		break;
	case 4:
		spec->ipsec_policy =
			(struct match_kind){ .on = true,
			                     .kind = (uint8_t)sim_random_below(r, IPSEC_COUNT) };
		break;
	default:
		break;
	}
}
