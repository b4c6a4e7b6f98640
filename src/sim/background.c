#include "sim/background.h"

static void run_job(void *arg, void *detail)
{
	struct sim_background *background = arg;
	struct background_job *job = detail;

	if (background->stopped)
		return;
	background->waiting--;
	job->work(job);
	job->done(job);
}

static void submit(struct background *background, struct background_job *job)
{
	struct sim_background *sim = (struct sim_background *)background;
	struct timeline *timeline = sim->timeline;
	uint64_t takes_ns = 0;

	if (sim->delay_max_ns != 0)
		takes_ns = sim_random_next(&timeline->random) % sim->delay_max_ns;
	if (mono_before(sim->busy_until, timeline_now(timeline)))
		sim->busy_until = timeline_now(timeline);
	sim->busy_until = mono_add_ns(sim->busy_until, takes_ns);
	sim->waiting++;
	timeline_at(timeline, sim->busy_until, run_job, sim, job);
}

void sim_background_init(struct sim_background *background, struct timeline *timeline,
                         uint64_t delay_max_ns)
{
	*background = (struct sim_background){ .background = { .submit = submit },
		                               .timeline = timeline,
		                               .delay_max_ns = delay_max_ns };
}
