#include "os/background.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lib/mem.h"

/* First in, first out, through background_job.next. */
struct job_list {
	struct background_job *first, *last;
};

struct worker {
	struct background background;
	int event_fd;
	unsigned outstanding; /* submitted, done() not yet called: the router's thread only */
	pthread_t thread;
	pthread_mutex_t lock; /* guards what is below */
	pthread_cond_t changed;
	struct job_list waiting, finished;
	bool stopping;
};

static struct worker *worker_of(struct background *background)
{
	return (struct worker *)background;
}

static void list_append(struct job_list *list, struct background_job *job)
{
	job->next = NULL;
	if (list->first == NULL)
		list->first = job;
	else
		list->last->next = job;
	list->last = job;
}

static struct background_job *list_take(struct job_list *list)
{
	struct background_job *job = list->first;

	if (job != NULL)
		list->first = job->next;
	return job;
}

static void tell_router(struct worker *w)
{
	uint64_t one = 1;

	/* Full (EAGAIN) after 2^64 jobs only; then it is readable anyway. */
	(void)!write(w->event_fd, &one, sizeof one);
}

/* The next job, or NULL when there will be none. */
static struct background_job *wait_for_job(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	while (w->waiting.first == NULL && !w->stopping)
		pthread_cond_wait(&w->changed, &w->lock);

	struct background_job *job = list_take(&w->waiting);

	pthread_mutex_unlock(&w->lock);
	return job;
}

static void *run(void *arg)
{
	struct worker *w = arg;
	struct background_job *job;

	while ((job = wait_for_job(w)) != NULL) {
		job->work(job);
		pthread_mutex_lock(&w->lock);
		list_append(&w->finished, job);
		pthread_cond_broadcast(&w->changed);
		pthread_mutex_unlock(&w->lock);
		tell_router(w);
	}
	return NULL;
}

static void submit(struct background *background, struct background_job *job)
{
	struct worker *w = worker_of(background);

	w->outstanding++;
	pthread_mutex_lock(&w->lock);
	must(!w->stopping);
	list_append(&w->waiting, job);
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

/* The thread inherits the mask: signals are for the loop's signalfd alone. */
static int start_thread(struct worker *w)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);

	int error = pthread_create(&w->thread, NULL, run, w);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		pthread_setname_np(w->thread, "tw-store");
	return -error;
}

static void worker_free(struct worker *w)
{
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	close(w->event_fd);
	mem_free(w);
}

int background_start(struct background **ret_background)
{
	int event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (event_fd < 0)
		return -errno;

	struct worker *w = mem_new(1, sizeof *w);

	w->background.submit = submit;
	w->event_fd = event_fd;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);

	int error = start_thread(w);

	if (error != 0) {
		worker_free(w);
		return error;
	}
	*ret_background = &w->background;
	return 0;
}

int background_fd(const struct background *background)
{
	return ((const struct worker *)background)->event_fd;
}

void background_collect(struct background *background)
{
	struct worker *w = worker_of(background);
	uint64_t count;

	/* First the event, then the list: a job that ends in between is seen or wakes us again. */
	(void)!read(w->event_fd, &count, sizeof count);
	pthread_mutex_lock(&w->lock);

	struct job_list finished = w->finished;

	w->finished = (struct job_list){ 0 };
	pthread_mutex_unlock(&w->lock);

	struct background_job *job;

	while ((job = list_take(&finished)) != NULL) {
		must(w->outstanding > 0);
		w->outstanding--;
		job->done(job); /* may free the job */
	}
}

static void wait_for_finished(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	while (w->finished.first == NULL)
		pthread_cond_wait(&w->changed, &w->lock);
	pthread_mutex_unlock(&w->lock);
}

void background_stop(struct background *background)
{
	struct worker *w = worker_of(background);

	while (w->outstanding > 0) {
		wait_for_finished(w);
		background_collect(background);
	}
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	worker_free(w);
}
